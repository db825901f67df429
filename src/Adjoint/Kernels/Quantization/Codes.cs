namespace Adjoint.Kernels.Quantization;

/// <summary>Numbers as codes of few bits with a factor for each block of a row, and back.</summary>
/// <remarks>An Int8 code is the number + 128, one a byte. NF4 codes are two a byte, the first in the upper half; a row of odd length ends with an empty half. Rows are independent of each other.</remarks>
internal static unsafe class Codes
{
    const int Nf4Block = 64;

    /// <summary>The 16 values of NF4: means of quantiles of the normal distribution, scaled to ±1, with an exact 0. Source: Dettmers et al. 2023, appendix E.</summary>
    static readonly float[] Levels =
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ];

    /// <summary>The values of NF4, ascending.</summary>
    public static ReadOnlySpan<float> Nf4Levels => Levels;

    /// <summary>The bytes that the codes of a row take.</summary>
    public static long RowBytes(QuantizationFormat format, long columns) => format == QuantizationFormat.Int8 ? columns : (columns + 1) / 2;

    /// <summary>The factors of a row.</summary>
    public static long RowBlocks(QuantizationFormat format, long columns) => format == QuantizationFormat.Int8 ? 1 : (columns + Nf4Block - 1) / Nf4Block;

    /// <summary>The codes and factors of some numbers of one row.</summary>
    public static void Encode(QuantizationFormat format, float* from, long columns, byte* codes, float* scales)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        long length = format == QuantizationFormat.Int8 ? columns : Nf4Block;
        for (long begin = 0, block = 0; begin < columns; begin += length, block++)
        {
            long end = Math.Min(begin + length, columns);
            float most = 0;
            for (long i = begin; i < end; i++) most = Math.Max(most, Math.Abs(from[i]));
            scales[block] = format == QuantizationFormat.Int8 ? most / 127 : most;
            float inverse = most > 0 ? 1 / scales[block] : 0;
            for (long i = begin; i < end; i++)
            {
                if (format == QuantizationFormat.Int8) codes[i] = (byte)(128 + Math.Clamp((int)MathF.Round(from[i] * inverse), -127, 127));
                else Put(codes, i, Nearest(from[i] * inverse));
            }
        }
    }

    /// <summary>The numbers of one row; T is float or double, factors are of the same type.</summary>
    public static void Decode<T>(QuantizationFormat format, byte* codes, T* scales, long columns, T* to)
    {
        if (typeof(T) == typeof(double)) Decode(format, codes, (double*)scales, columns, (double*)to);
        else Decode(format, codes, (float*)scales, columns, (float*)to);
    }

    static void Decode(QuantizationFormat format, byte* codes, double* scales, long columns, double* to)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long i = 0; i < columns; i++) to[i] = format == QuantizationFormat.Int8 ? (codes[i] - 128) * scales[0] : Levels[Get(codes, i)] * scales[i / Nf4Block];
    }

    static void Decode(QuantizationFormat format, byte* codes, float* scales, long columns, float* to)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        if (format == QuantizationFormat.Int8)
        {
            for (long i = 0; i < columns; i++) to[i] = (codes[i] - 128) * scales[0];
            return;
        }

        // A block's 16 products once, then a look-up for each of its 64 numbers.
        float* products = stackalloc float[16];
        for (long begin = 0, block = 0; begin < columns; begin += Nf4Block, block++)
        {
            for (int level = 0; level < 16; level++) products[level] = Levels[level] * scales[block];
            long end = Math.Min(begin + Nf4Block, columns);
            for (long i = begin; i < end; i++) to[i] = products[Get(codes, i)];
        }
    }

    static int Get(byte* codes, long i) => (i & 1) == 0 ? codes[i / 2] >> 4 : codes[i / 2] & 15;

    static void Put(byte* codes, long i, int code)
    {
        if ((i & 1) == 0) codes[i / 2] = (byte)(code << 4);
        else codes[i / 2] |= (byte)code;
    }

    static int Nearest(float value)
    {
        int low = 0, high = 15;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (value <= (Levels[middle] + Levels[middle + 1]) / 2) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
