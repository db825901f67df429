using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>The general product: blocks of k, columns and rows in turn, each packed where that pays and multiplied tile by tile.</summary>
internal static unsafe class Blocked
{
    /// <summary>An operand of at most this many bytes is read in place if its layout allows: it stays in the cache unpacked.</summary>
    const long InPlaceBytes = 64 << 10;

    public static void Run<TLanes, TIn, T>(in Product<TIn, T> whole, bool parallel)
        where TLanes : unmanaged, ILanes<TLanes, T>
        where TIn : unmanaged
        where T : unmanaged
    {
        long rows = whole.Rows, columns = whole.Columns;
        bool widen = typeof(TIn) != typeof(T);
        bool packA = widen || (columns > 3 * Blocking<TLanes, T>.Columns && rows * whole.Steps * sizeof(T) > InPlaceBytes);
        bool packB = widen || whole.B.ColumnStride != 1 || (rows > 3 * Blocking<TLanes, T>.Rows && columns * whole.Steps * sizeof(T) > InPlaceBytes);
        long kBlock = Blocking<TLanes, T>.Steps(whole.Steps);
        long columnBlock = Math.Min(columns, Blocking<TLanes, T>.PackedColumns), rowBlock = Math.Min(rows, Blocking<TLanes, T>.PackedRows);

        long aStrips = packA ? (rowBlock + Blocking<TLanes, T>.Rows - 1) / Blocking<TLanes, T>.Rows : 1;
        long bStrips = packB ? (columnBlock + Blocking<TLanes, T>.Columns - 1) / Blocking<TLanes, T>.Columns : 1;
        long aLength = (aStrips * Blocking<TLanes, T>.Rows * kBlock + 63) / 64 * 64, bLength = bStrips * Blocking<TLanes, T>.Columns * kBlock;
        T* packedA = (T*)Workspace.Take((nuint)((aLength + bLength) * sizeof(T))), packedB = packedA + aLength;

        for (long column = 0; column < columns; column += columnBlock)
            for (long step = 0; step < whole.Steps; step += kBlock)
                for (long row = 0; row < rows; row += rowBlock)
                {
                    Product<TIn, T> part = whole.Part(row, column, step,
                        Math.Min(rowBlock, rows - row), Math.Min(columnBlock, columns - column), Math.Min(kBlock, whole.Steps - step));
                    var block = new Block<TLanes, TIn, T>(part, packedA, packedB, packA, packB);
                    var pack = new PackChunks<TLanes, TIn, T>(block, alsoB: row == 0);
                    Loop(pack.Count, pack, parallel);
                    var tiles = new TileChunks<TLanes, TIn, T>(block);
                    Loop(tiles.Count, tiles, parallel);
                }
    }

    static void Loop<TBody>(long chunks, TBody body, bool parallel) where TBody : struct, IChunks
    {
        if (parallel && chunks > 1) Parallel.For(chunks, body);
        else for (long i = 0; i < chunks; i++) body.Run(i);
    }
}
