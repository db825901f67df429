namespace Adjoint.Kernels.Pooling;

/// <summary>Which outputs along an axis look at an input, while inputs are walked from the first to the last.</summary>
internal struct WindowRows(PoolAxis axis)
{
    /// <summary>The outputs that may look at the input: from here …</summary>
    public long First { get; private set; }

    /// <summary>… to before here.</summary>
    public long End { get; private set; }

    /// <summary>At least the outputs that ever look at one input.</summary>
    public static long Most(PoolAxis axis) => axis.Kernel == 0 ? Math.Min(axis.Out, axis.Out / axis.In + 2) : Math.Min(axis.Out, (axis.Kernel - 1) * axis.Dilation / axis.Stride + 1);

    /// <summary>Goes on to an input, the one after the last.</summary>
    public void Next(long input)
    {
        while (First < axis.Out && axis.Window(First).End <= input) First++;
        while (End < axis.Out && axis.Start(End) <= input) End++;
    }

    /// <summary>The tap with which an output looks at an input; −1: none.</summary>
    public readonly long Tap(long output, long input)
    {
        (long offset, long rest) = Math.DivRem(input - axis.Start(output), axis.Dilation);
        return rest == 0 ? offset : -1;
    }
}

/// <summary>Where rows lie of which the last few are kept.</summary>
internal readonly struct KeptRows(long most, long width)
{
    readonly long _mask = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, most)) - 1;

    /// <summary>Elements that all take.</summary>
    public long Length => (_mask + 1) * width;

    /// <summary>A row's first element.</summary>
    public long this[long row] => (row & _mask) * width;
}
