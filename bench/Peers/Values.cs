namespace Adjoint.Bench.Peers;

/// <summary>Numbers that both sides start from: a function of a seed and a position, spread evenly around zero.</summary>
internal static class Values
{
    /// <summary>Evenly spread with a deviation.</summary>
    public static float[] Uniform(ulong seed, long count, double deviation = 1)
    {
        float[] values = new float[count];
        double scale = deviation * Math.Sqrt(12);
        for (long i = 0; i < count; i++) values[i] = (float)((At(seed, i) - 0.5) * scale);
        return values;
    }

    /// <summary>Integers in [0, end).</summary>
    public static long[] Integers(ulong seed, long count, long end)
    {
        long[] values = new long[count];
        for (long i = 0; i < count; i++) values[i] = (long)(At(seed, i) * end);
        return values;
    }

    /// <summary>A parameter's initial values: weights by their fan-in, biases 0, scales of norms 1.</summary>
    public static float[] Parameter(int index, string name, long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        if (shape.Length >= 2) return Uniform((ulong)index + 1, count, 1 / Math.Sqrt((double)count / shape[0]));
        float[] values = new float[count];
        if (!name.Contains("bias", StringComparison.OrdinalIgnoreCase)) Array.Fill(values, 1);
        return values;
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014), its upper bits as a number in [0, 1).</summary>
    static double At(ulong seed, long position)
    {
        ulong z = (seed * 0x9E3779B97F4A7C15) + ((ulong)position * 0xD1342543DE82EF95) + 0x632BE59BD9B4E019;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
