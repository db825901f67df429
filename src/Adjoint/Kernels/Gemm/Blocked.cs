using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>The general product: blocks of k, columns and rows in turn, each packed where that pays and multiplied tile by tile.</summary>
internal static unsafe class Blocked
{
    // Measured: up to about 11 readings of each strip, or while all of it stays in the second-level cache, reading in place is as
    // fast as or faster (by up to 10 %) than packing. Strides of whole pages put every row into one set of the first-level
    // cache, and strided steps waste most of each cache line: then only what is tiny is better left where it is.
    const long InPlaceReadings = 11, InPlaceBytes = 256 << 10, InPlaceBytesIfConflicting = 64 << 10, PageBytes = 4096;

    /// <param name="product">The product.</param>
    /// <param name="beside">Another of the same size and strides, with as many steps or a few less, to be done in the same loops; or one of no steps.</param>
    /// <param name="parallel">Whether on all threads.</param>
    public static void Run<TLanes, T>(in Product<T> product, in Product<T> beside, bool parallel)
        where TLanes : struct, ILanes<TLanes, T>
    {
        long rows = product.Rows, columns = product.Columns, kBlock = Blocking<TLanes, T>.Steps(product.Steps), mostRows = Blocking<TLanes, T>.PackedRows;
        // Sums that are nowhere: those of one block of rows and columns at a time are kept until all steps were done.
        bool apart = product.C == null && kBlock < product.Steps;
        if (apart && rows > mostRows)
        {
            for (long row = 0; row < rows; row += mostRows) Run<TLanes, T>(product.Part(row, 0, 0, Math.Min(mostRows, rows - row), columns, product.Steps), beside, parallel);
            return;
        }

        bool packA = !product.A.IsNative || !InPlace<T>(rows * product.Steps, columns / Blocking<TLanes, T>.Columns,
            product.A.ColumnStride == 1 ? product.A.RowStride : product.A.ColumnStride, product.A.ColumnStride == 1);
        bool packB = !product.B.IsNative || product.B.ColumnStride != 1 || !InPlace<T>(columns * product.Steps, rows / Blocking<TLanes, T>.Rows, product.B.RowStride, true);
        long columnBlock = Math.Min(columns, Blocking<TLanes, T>.PackedColumns), rowBlock = Math.Min(rows, mostRows);

        // The operand that is more to pack is packed by panels, if it has enough of them; the other before.
        long rowStrips = (rowBlock + Blocking<TLanes, T>.Rows - 1) / Blocking<TLanes, T>.Rows, columnStrips = (columnBlock + Blocking<TLanes, T>.Columns - 1) / Blocking<TLanes, T>.Columns;
        bool rowPanels = packA && rowStrips >= PanelChunks<TLanes, T>.EnoughPanels, columnPanels = packB && columnStrips >= PanelChunks<TLanes, T>.EnoughPanels;
        if (rowPanels && columnPanels)
        {
            rowPanels = rows > columns;
            columnPanels = !rowPanels;
        }

        long aStrips = !packA ? 1 : rowPanels ? 0 : rowStrips;
        long bStrips = !packB ? 1 : columnPanels ? 0 : columnStrips;
        long aLength = (aStrips * Blocking<TLanes, T>.Rows * kBlock + 63) / 64 * 64, length = aLength + ((bStrips * Blocking<TLanes, T>.Columns * kBlock + 63) / 64 * 64);
        T* packed = (T*)Workspace.Take((nuint)((beside.Steps > 0 ? 2 : 1) * length * sizeof(T)));
        Block<TLanes, T>* blocks = stackalloc Block<TLanes, T>[2];
        using Scratch sums = Scratch.Take(apart ? rows * columnBlock * sizeof(T) : 0);

        for (long column = 0; column < columns; column += columnBlock)
            for (long step = 0; step < product.Steps; step += kBlock)
                for (long row = 0; row < rows; row += rowBlock)
                {
                    int count = beside.Steps > step ? 2 : 1;
                    for (int i = 0; i < count; i++)
                    {
                        Product<T> whole = i == 0 ? product : beside;
                        if (apart) whole = whole.With((T*)sums.Pointer - column, columnBlock);
                        T* packedA = packed + (i * length);
                        blocks[i] = new(whole.Part(row, column, step, Math.Min(rowBlock, rows - row), Math.Min(columnBlock, columns - column), Math.Min(kBlock, whole.Steps - step)),
                            packedA, packedA + aLength, packA, packB);
                    }

                    var pack = new PackChunks<TLanes, T>(blocks, count, alsoA: !rowPanels, alsoB: row == 0 && !columnPanels);
                    Loop(pack.Count, pack, parallel);
                    if (rowPanels || columnPanels)
                    {
                        var panels = new PanelChunks<TLanes, T>(blocks, count, ofRows: rowPanels);
                        Loop(panels.Count, panels, parallel);
                    }
                    else
                    {
                        var tiles = new TileChunks<TLanes, T>(blocks, count);
                        Loop(tiles.Count, tiles, parallel);
                    }
                }
    }

    static bool InPlace<T>(long elements, long readings, long stride, bool contiguous) =>
        contiguous && stride * sizeof(T) % PageBytes != 0
            ? readings <= InPlaceReadings || elements * sizeof(T) <= InPlaceBytes
            : elements * sizeof(T) <= InPlaceBytesIfConflicting || (readings == 0 && elements * sizeof(T) <= InPlaceBytes);

    public static void Loop<TBody>(long chunks, TBody body, bool parallel) where TBody : struct, IChunks
    {
        if (parallel && chunks > 1) Parallel.For(chunks, body);
        else for (long i = 0; i < chunks; i++) body.Run(i);
    }
}
