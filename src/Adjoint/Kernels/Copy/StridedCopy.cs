using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Copy;

/// <summary>Copies elements between any two layouts of one shape and type: dense, sliced, transposed, reversed, stretched.</summary>
/// <remarks>
/// Axes are put in the order of the target's memory and neighbours that are contiguous on both sides are joined, so that most
/// copies become one or two axes. What remains is a stack of planes. A plane whose columns are dense on both sides is
/// copied row by row as memory; one whose source is dense along the rows instead is transposed by square tiles.
/// </remarks>
internal static unsafe class StridedCopy
{
    // A tile's row is two lines of 64 bytes for 4-byte elements, and the buffer 4 KiB: well inside a first-level cache.
    const int Tile = 32;

    /// <summary>Copies; nothing overlaps, and no two elements of the target share memory.</summary>
    public static void Run(in Operand from, in Operand to)
    {
        // Two more places than axes: a copy of no or one axis is brought to the form of a plane.
        int room = from.Shape.Length + 2;
        long* memory = stackalloc long[3 * room];
        var axes = new Axes { Sizes = memory, From = memory + room, To = memory + (2 * room) };
        foreach (long size in from.Shape) if (size == 0) return;
        axes.Collect(from, to);
        switch (from.DType.Bytes)
        {
            case 1: Spread((byte*)from.Data, (byte*)to.Data, axes); break;
            case 2: Spread((ushort*)from.Data, (ushort*)to.Data, axes); break;
            case 4: Spread((uint*)from.Data, (uint*)to.Data, axes); break;
            default: Spread((ulong*)from.Data, (ulong*)to.Data, axes); break;
        }
    }

    static void Spread<T>(T* from, T* to, Axes axes)
    {
        if (axes.Count == 1)
        {
            // A single long run is cut into equal rows; what does not fill a row is copied here.
            long n = axes.Sizes[0], whole = n / Parallel.ElementGrain * Parallel.ElementGrain;
            long fromStep = axes.From[0], toStep = axes.To[0];
            Plane(from + (whole * fromStep), to + (whole * toStep), 1, n - whole, 0, fromStep, 0, toStep);
            if (whole == 0) return;
            axes.Count = 0;
            axes.Append(whole / Parallel.ElementGrain, fromStep * Parallel.ElementGrain, toStep * Parallel.ElementGrain);
            axes.Append(Parallel.ElementGrain, fromStep, toStep);
        }

        var body = new Planes<T>(from, to, axes);
        Parallel.For(body.Chunks, body);
    }

    static void Plane<T>(T* from, T* to, long rows, long columns, long fromRow, long fromColumn, long toRow, long toColumn)
    {
        if (fromColumn == 1 && toColumn == 1)
        {
            for (long r = 0; r < rows; r++) Dense(from + (r * fromRow), to + (r * toRow), columns);
        }
        else if (fromRow == 1 && toColumn == 1) Transpose(from, to, rows, columns, fromColumn, toRow);
        else Strided(from, to, rows, columns, fromRow, fromColumn, toRow, toColumn);
    }

    /// <summary>By tiles through a small buffer.</summary>
    /// <remarks>
    /// A column of a matrix whose rows are 2^k bytes apart falls into one set of the first-level cache, which holds some ten
    /// lines: elements read one by one across columns would each fetch their line again for every row. So a tile's source
    /// lines are first copied whole, many of them on their way at once, into a buffer that is dense, and turned from there.
    /// </remarks>
    [SkipLocalsInit]
    static void Transpose<T>(T* from, T* to, long rows, long columns, long fromColumn, long toRow)
    {
        byte* bufferBytes = stackalloc byte[Tile * Tile * sizeof(T)];
        T* buffer = (T*)bufferBytes;
        for (long row = 0; row < rows; row += Tile)
            for (long column = 0; column < columns; column += Tile)
                Turn(from + row + (column * fromColumn), to + (row * toRow) + column, buffer, (int)Math.Min(Tile, rows - row), (int)Math.Min(Tile, columns - column), fromColumn, toRow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Turn<T>(T* from, T* to, T* buffer, int rows, int columns, long fromColumn, long toRow)
    {
        for (int c = 0; c < columns; c++) Dense(from + (c * fromColumn), buffer + (c * Tile), rows);
        for (int r = 0; r < rows; r++)
        {
            T* source = buffer + r, target = to + (r * toRow);
            for (int c = 0; c < columns; c++) target[c] = source[c * Tile];
        }
    }

    static void Dense<T>(T* from, T* to, long count)
    {
        if (count > 8) Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));
        else for (long i = 0; i < count; i++) to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Strided<T>(T* from, T* to, long rows, long columns, long fromRow, long fromColumn, long toRow, long toColumn)
    {
        for (long r = 0; r < rows; r++)
        {
            T* source = from + (r * fromRow), target = to + (r * toRow);
            for (long c = 0; c < columns; c++)
            {
                *target = *source;
                source += fromColumn;
                target += toColumn;
            }
        }
    }

    /// <summary>Sizes and both sides' strides, outermost first, in memory that the caller's stack holds.</summary>
    struct Axes
    {
        public long* Sizes, From, To;
        public int Count;

        public void Append(long size, long from, long to)
        {
            (Sizes[Count], From[Count], To[Count]) = (size, from, to);
            Count++;
        }

        public void Collect(in Operand from, in Operand to)
        {
            for (int i = 0; i < from.Shape.Length; i++) if (from.Shape[i] != 1) Append(from.Shape[i], from.Strides[i], to.Strides[i]);
            if (Count == 0) Append(1, 1, 1);
            SortByTarget();
            Join();
            BringDenseSourceNextToLast();
        }

        // By insertion: ranks are small and axes mostly in order already.
        readonly void SortByTarget()
        {
            for (int i = 1; i < Count; i++)
                for (int j = i; j > 0 && Math.Abs(To[j - 1]) < Math.Abs(To[j]); j--) Swap(j - 1, j);
        }

        void Join()
        {
            int last = 0;
            for (int i = 1; i < Count; i++)
            {
                if (From[last] == From[i] * Sizes[i] && To[last] == To[i] * Sizes[i])
                {
                    (Sizes[last], From[last], To[last]) = (Sizes[last] * Sizes[i], From[i], To[i]);
                    continue;
                }

                last++;
                (Sizes[last], From[last], To[last]) = (Sizes[i], From[i], To[i]);
            }

            Count = last + 1;
        }

        readonly void BringDenseSourceNextToLast()
        {
            if (From[Count - 1] is 0 or 1) return;
            for (int i = 0; i < Count - 2; i++) if (From[i] == 1) Swap(i, Count - 2);
        }

        readonly void Swap(int i, int j)
        {
            (Sizes[i], Sizes[j]) = (Sizes[j], Sizes[i]);
            (From[i], From[j]) = (From[j], From[i]);
            (To[i], To[j]) = (To[j], To[i]);
        }
    }

    /// <summary>A chunk is some rows of one plane where planes are large, else some whole planes.</summary>
    readonly struct Planes<T> : IChunks
    {
        readonly T* _from, _to;
        readonly Axes _axes;
        readonly int _outer;
        readonly long _planes, _rows, _columns, _rowsPerChunk, _planesPerChunk, _blocks;

        public Planes(T* from, T* to, Axes axes)
        {
            _from = from;
            _to = to;
            (_axes, _outer, _planes) = (axes, axes.Count - 2, 1);
            for (int i = 0; i < _outer; i++) _planes *= axes.Sizes[i];
            (_rows, _columns) = (axes.Sizes[_outer], axes.Sizes[_outer + 1]);
            // Fewer rows than a tile's would read a part of each line.
            long fewest = axes.From[_outer] == 1 && axes.From[_outer + 1] != 1 ? Tile : 1;
            _rowsPerChunk = Math.Min(Math.Max(Parallel.ElementGrain / _columns / fewest, 1) * fewest, _rows);
            _planesPerChunk = _rowsPerChunk < _rows ? 1 : Math.Max(Parallel.ElementGrain / (_rows * _columns), 1);
            _blocks = (_rows + _rowsPerChunk - 1) / _rowsPerChunk;
        }

        public long Chunks => (_planes + _planesPerChunk - 1) / _planesPerChunk * _blocks;

        public void Run(long chunk)
        {
            long first = chunk / _blocks * _planesPerChunk, end = Math.Min(first + _planesPerChunk, _planes);
            long row = chunk % _blocks * _rowsPerChunk, rows = Math.Min(_rowsPerChunk, _rows - row);
            (long fromRow, long toRow) = (_axes.From[_outer], _axes.To[_outer]);
            for (long plane = first; plane < end; plane++)
            {
                long from = row * fromRow, to = row * toRow, left = plane;
                for (int i = _outer - 1; i >= 0; i--)
                {
                    (left, long index) = Math.DivRem(left, _axes.Sizes[i]);
                    from += index * _axes.From[i];
                    to += index * _axes.To[i];
                }

                Plane(_from + from, _to + to, rows, _columns, fromRow, _axes.From[_outer + 1], toRow, _axes.To[_outer + 1]);
            }
        }
    }
}
