namespace Adjoint.Ops;

/// <summary>Which elements of a line make each element of a longer or shorter one, and with what weights; a value.</summary>
/// <remarks>With corners aligned the ends of both lines coincide (<c>src = i·(From − 1)/(To − 1)</c>), else their outer edges do (<c>src = (i + ½)·step − ½</c>).</remarks>
/// <param name="From">The elements there are.</param>
/// <param name="To">The elements wanted.</param>
/// <param name="Mode">How to find values between elements.</param>
/// <param name="Factor">How much longer the line becomes, where that is asked for instead of a length; else 0.</param>
/// <param name="AlignCorners">Whether the middles of the outermost elements stay where they are.</param>
public sealed record AxisTaps(long From, long To, InterpolationMode Mode, double Factor = 0, bool AlignCorners = false)
{
    const double A = -0.75;

    double Step => AlignCorners ? (To > 1 ? (From - 1.0) / (To - 1) : 0) : Factor > 0 ? 1 / Factor : (double)From / To;

    /// <summary>The elements and weights for one element of the result.</summary>
    internal IEnumerable<(long Element, double Weight)> For(long i) => Mode switch
    {
        // Rounded to a float first, so that a product just below a whole number counts as that number.
        InterpolationMode.Nearest => [(Math.Min((long)MathF.Floor((float)(i * Step)), From - 1), 1)],
        InterpolationMode.NearestExact => [(Math.Min((long)MathF.Floor((float)((i + 0.5) * Step)), From - 1), 1)],
        InterpolationMode.Area => Area(i),
        InterpolationMode.Cubic => Cubic(Source(i)),
        _ => Linear(From == To ? i : Math.Max(Source(i), 0)),
    };

    double Source(long i) => AlignCorners ? i * Step : ((i + 0.5) * Step) - 0.5;

    IEnumerable<(long, double)> Linear(double source)
    {
        long low = Math.Min((long)source, From - 1);
        double part = Math.Clamp(source - low, 0, 1);
        yield return (low, 1 - part);
        if (part > 0) yield return (Math.Min(low + 1, From - 1), part);
    }

    IEnumerable<(long, double)> Cubic(double source)
    {
        long low = Math.Min((long)Math.Floor(source), From - 1);
        double t = Math.Clamp(source - low, 0, 1);
        for (int k = -1; k <= 2; k++) yield return (Math.Clamp(low + k, 0, From - 1), Keys(Math.Abs(t - k)));
    }

    // Keys 1981, eq. 8 generalised to any a.
    static double Keys(double distance) => distance <= 1
        ? ((((A + 2) * distance) - (A + 3)) * distance * distance) + 1
        : ((((((distance - 5) * distance) + 8) * distance) - 4) * A);

    IEnumerable<(long, double)> Area(long i)
    {
        long first = i * From / To, end = (((i + 1) * From) + To - 1) / To;
        for (long j = first; j < end; j++) yield return (j, 1.0 / (end - first));
    }

    /// <summary>The taps of all rows, one after the other: of the result's elements, or, transposed, of the line's.</summary>
    internal (long[] Start, long[] Column, double[] Weight) Rows(bool transposed)
    {
        List<(long Row, long Column, double Weight)> all = [];
        for (long i = 0; i < To; i++) foreach ((long element, double weight) in For(i)) all.Add(transposed ? (element, i, weight) : (i, element, weight));
        if (transposed) all = [.. all.OrderBy(e => e.Row)];      // stable: columns stay in order
        long[] start = new long[(transposed ? From : To) + 1];
        foreach ((long row, _, _) in all) start[row + 1]++;
        for (int i = 1; i < start.Length; i++) start[i] += start[i - 1];
        return (start, [.. all.Select(e => e.Column)], [.. all.Select(e => e.Weight)]);
    }
}
