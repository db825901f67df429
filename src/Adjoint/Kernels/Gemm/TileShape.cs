namespace Adjoint.Kernels.Gemm;

/// <summary>How much of C one micro-kernel call makes: rows, and lane vectors across.</summary>
/// <remarks>A type rather than two arguments, so that the JIT compiles each shape alone and drops the rows it does not have.</remarks>
internal interface ITileShape
{
    static abstract int Rows { get; }
    static abstract int Vectors { get; }
}

internal readonly struct Tile12x2 : ITileShape
{
    public static int Rows => 12;
    public static int Vectors => 2;
}

internal readonly struct Tile12x1 : ITileShape
{
    public static int Rows => 12;
    public static int Vectors => 1;
}

internal readonly struct Tile8x2 : ITileShape
{
    public static int Rows => 8;
    public static int Vectors => 2;
}

internal readonly struct Tile8x1 : ITileShape
{
    public static int Rows => 8;
    public static int Vectors => 1;
}

internal readonly struct Tile6x2 : ITileShape
{
    public static int Rows => 6;
    public static int Vectors => 2;
}

internal readonly struct Tile6x1 : ITileShape
{
    public static int Rows => 6;
    public static int Vectors => 1;
}

internal readonly struct Tile4x2 : ITileShape
{
    public static int Rows => 4;
    public static int Vectors => 2;
}

internal readonly struct Tile4x1 : ITileShape
{
    public static int Rows => 4;
    public static int Vectors => 1;
}

internal readonly struct Tile2x2 : ITileShape
{
    public static int Rows => 2;
    public static int Vectors => 2;
}

internal readonly struct Tile2x1 : ITileShape
{
    public static int Rows => 2;
    public static int Vectors => 1;
}
