using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>The general product: blocks of k, columns and rows in turn, each packed where that pays and multiplied tile by tile.</summary>
internal static unsafe class Blocked
{
    // Measured: up to about 11 readings of each strip, or while all of it stays in the second-level cache, reading in place is as
    // fast as or faster (by up to 10 %) than packing. Strides of whole pages put every row into one set of the first-level
    // cache, and strided steps waste most of each cache line: then only what is tiny is better left where it is.
    const long InPlaceReadings = 11, InPlaceBytes = 256 << 10, InPlaceBytesIfConflicting = 64 << 10, PageBytes = 4096;

    public static void Run<TLanes, T>(in Product<T> whole, bool parallel)
        where TLanes : struct, ILanes<TLanes, T>
    {
        long rows = whole.Rows, columns = whole.Columns;
        bool packA = !whole.A.IsNative || !InPlace<T>(rows * whole.Steps, columns / Blocking<TLanes, T>.Columns,
            whole.A.ColumnStride == 1 ? whole.A.RowStride : whole.A.ColumnStride, whole.A.ColumnStride == 1);
        bool packB = !whole.B.IsNative || whole.B.ColumnStride != 1 || !InPlace<T>(columns * whole.Steps, rows / Blocking<TLanes, T>.Rows, whole.B.RowStride, true);
        long kBlock = Blocking<TLanes, T>.Steps(whole.Steps);
        long columnBlock = Math.Min(columns, Blocking<TLanes, T>.PackedColumns), rowBlock = Math.Min(rows, Blocking<TLanes, T>.PackedRows);

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
        long aLength = (aStrips * Blocking<TLanes, T>.Rows * kBlock + 63) / 64 * 64, bLength = bStrips * Blocking<TLanes, T>.Columns * kBlock;
        T* packedA = (T*)Workspace.Take((nuint)((aLength + bLength) * sizeof(T))), packedB = packedA + aLength;

        for (long column = 0; column < columns; column += columnBlock)
            for (long step = 0; step < whole.Steps; step += kBlock)
                for (long row = 0; row < rows; row += rowBlock)
                {
                    Product<T> part = whole.Part(row, column, step,
                        Math.Min(rowBlock, rows - row), Math.Min(columnBlock, columns - column), Math.Min(kBlock, whole.Steps - step));
                    var block = new Block<TLanes, T>(part, packedA, packedB, packA, packB);
                    var pack = new PackChunks<TLanes, T>(block, alsoA: !rowPanels, alsoB: row == 0 && !columnPanels);
                    Loop(pack.Count, pack, parallel);
                    if (rowPanels || columnPanels)
                    {
                        var panels = new PanelChunks<TLanes, T>(block, ofRows: rowPanels);
                        Loop(panels.Count, panels, parallel);
                    }
                    else
                    {
                        var tiles = new TileChunks<TLanes, T>(block);
                        Loop(tiles.Count, tiles, parallel);
                    }
                }
    }

    static bool InPlace<T>(long elements, long readings, long stride, bool contiguous) =>
        contiguous && stride * sizeof(T) % PageBytes != 0
            ? readings <= InPlaceReadings || elements * sizeof(T) <= InPlaceBytes
            : elements * sizeof(T) <= InPlaceBytesIfConflicting || (readings == 0 && elements * sizeof(T) <= InPlaceBytes);

    static void Loop<TBody>(long chunks, TBody body, bool parallel) where TBody : struct, IChunks
    {
        if (parallel && chunks > 1) Parallel.For(chunks, body);
        else for (long i = 0; i < chunks; i++) body.Run(i);
    }
}
