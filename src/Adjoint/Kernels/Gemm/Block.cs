using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>A part of a product whose packed operands fit the workspace: packed by one parallel loop, or panel by panel, and multiplied by a second.</summary>
/// <remarks>
/// An operand is packed when its strips are read often enough to pay for the copy, or cannot be read in place. Otherwise only a last
/// partial strip that no micro-kernel shape fits is packed, padded with zeros, into slot 0.
/// </remarks>
internal readonly unsafe struct Block<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
{
    public readonly Product<T> Product;
    public readonly T* PackedA, PackedB;
    public readonly bool PackA, PackB;

    public Block(in Product<T> product, T* packedA, T* packedB, bool packA, bool packB)
    {
        Product = product;
        PackedA = packedA;
        PackedB = packedB;
        PackA = packA;
        PackB = packB;
    }

    static int StripRows => Blocking<TLanes, T>.Rows;
    static int StripColumns => Blocking<TLanes, T>.Columns;

    public long RowStrips => (Product.Rows + StripRows - 1) / StripRows;
    public long ColumnStrips => (Product.Columns + StripColumns - 1) / StripColumns;
    public long StripsToPackA => PackA ? RowStrips : Product.Rows % RowUnit == 0 ? 0 : 1;
    public long StripsToPackB => PackB ? ColumnStrips : Product.Columns % ColumnUnit == 0 ? 0 : 1;

    /// <summary>Micro-kernels exist for a third, two thirds and all of a strip's rows, and for half and all of its columns.</summary>
    public static int RowUnit => StripRows / 3;

    public static int ColumnUnit => TLanes.Count;

    public int RowsOf(long strip) => (int)Math.Min(StripRows, Product.Rows - strip * StripRows);

    public int ColumnsOf(long strip) => (int)Math.Min(StripColumns, Product.Columns - strip * StripColumns);

    public void PackStripA(long index) => PackStripA(PackA ? index : RowStrips - 1, PackedA + index * StripRows * Product.Steps);

    public void PackStripB(long index) => PackStripB(PackB ? index : ColumnStrips - 1, PackedB + index * StripColumns * Product.Steps);

    public void PackStripA(long strip, T* target) => Product.A.From(strip * StripRows, 0).Pack(RowsOf(strip), StripRows, Product.Steps, target);

    public void PackStripB(long strip, T* target) => Product.B.Transposed.From(strip * StripColumns, 0).Pack(ColumnsOf(strip), StripColumns, Product.Steps, target);

    /// <summary>A strip of A as the micro-kernel reads it, packed or in place.</summary>
    public Matrix<T> StripA(long strip) =>
        PackA ? new(PackedA + strip * StripRows * Product.Steps, 1, StripRows)
        : RowsOf(strip) % RowUnit != 0 ? new(PackedA, 1, StripRows)
        : Product.A.From(strip * StripRows, 0);

    public Matrix<T> StripB(long strip) =>
        PackB ? new(PackedB + strip * StripColumns * Product.Steps, StripColumns, 1)
        : ColumnsOf(strip) % ColumnUnit != 0 ? new(PackedB, StripColumns, 1)
        : Product.B.From(0, strip * StripColumns);

    /// <summary>Whether sums are rounded to BF16 in their registers, and there is nothing else to do.</summary>
    bool Rounds => typeof(T) == typeof(float) && Product.After != null && Product.After->IsBFloat16;

    /// <summary>Bytes for the sums of so many strips, where they are not made in C.</summary>
    public long BytesApart(long rowStrips, long columnStrips) => Product.IsPassing && !Rounds ? rowStrips * StripRows * columnStrips * StripColumns * sizeof(T) : 0;

    /// <summary>Where the strips from a row and column on are summed up.</summary>
    /// <param name="row">The strip of A.</param>
    /// <param name="column">The strip of B.</param>
    /// <param name="columnStrips">How many strips of B.</param>
    /// <param name="apart">Memory of <see cref="BytesApart"/>.</param>
    public Sums<T> SumsOf(long row, long column, long columnStrips, T* apart)
    {
        if (!Product.IsPassing || Rounds) return new(Product.C, Product.CRow);
        long stride = columnStrips * StripColumns;
        return new(apart - (row * StripRows * stride) - (column * StripColumns), stride);
    }

    /// <summary>Hands finished strips, from a row and column on, to the epilogue.</summary>
    public void Finish(long row, long column, long endRow, long endColumn, Sums<T> sums)
    {
        if (Product.After == null || Rounds) return;
        long firstRow = row * StripRows, firstColumn = column * StripColumns;
        Product.Finish(sums.At(firstRow, firstColumn), sums.RowStride, firstRow, firstColumn, Math.Min(endRow * StripRows, Product.Rows) - firstRow, Math.Min(endColumn * StripColumns, Product.Columns) - firstColumn);
    }

    /// <summary>One micro-kernel's worth of C, of strips that lie as it reads them.</summary>
    /// <param name="row">The strip of A.</param>
    /// <param name="column">The strip of B.</param>
    /// <param name="a">Where the strip of A lies.</param>
    /// <param name="b">Where the strip of B lies.</param>
    /// <param name="sums">Where the elements are summed up.</param>
    /// <param name="scratch">A whole tile of memory: no write may leave C, so a partial tile goes there, and the part that exists from there.</param>
    public void Multiply(long row, long column, in Matrix<T> a, in Matrix<T> b, Sums<T> sums, T* scratch)
    {
        if (!Rounds)
        {
            Multiply(row, column, a, b, sums.At(row * StripRows, column * StripColumns), sums.RowStride, scratch);
            return;
        }

        Rounded result = Product.Rounded(row * StripRows, column * StripColumns);
        Multiply(row, column, a, b, result.Data, result.RowStride, scratch);
    }

    void Multiply<TResult>(long row, long column, in Matrix<T> a, in Matrix<T> b, TResult* c, long cRow, T* scratch)
    {
        int rows = RowsOf(row), columns = ColumnsOf(column);
        Addend<T> d = Product.D.From(row * StripRows, column * StripColumns);
        if (rows % RowUnit == 0 && columns % ColumnUnit == 0)
        {
            Tile.Multiply<TLanes, T, TResult>(rows, columns, Product.Steps, a, b, c, cRow, d);
            return;
        }

        Tile.Multiply<TLanes, T>(rows, columns, Product.Steps, a, b, scratch, StripColumns, accumulate: false);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                T sum = d.IsNone ? scratch[j] : (Lane<T>.Load(d.Data + j) + Lane<T>.Load(scratch + j)).Value;
                if (typeof(TResult) == typeof(BFloat16)) ((BFloat16*)c)[j] = (BFloat16)Unsafe.BitCast<T, float>(sum);
                else ((T*)c)[j] = sum;
            }

            scratch += StripColumns;
            c += cRow;
            d = d.From(1, 0);
        }
    }
}
