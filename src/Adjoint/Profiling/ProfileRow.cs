namespace Adjoint.Profiling;

/// <summary>What was recorded of one operation, or of one module, in one phase.</summary>
/// <remarks>
/// Of a backward row: the gradients of that operation, or of the operations that the module had called. All numbers but <see cref="TotalSeconds"/> are
/// of the row's own operations, so that they add up over a table.
/// </remarks>
/// <param name="Name">The operation (or optimizer), or the module's path and kind.</param>
/// <param name="Phase">The part of the step.</param>
/// <param name="Calls">How often it was applied, called, differentiated, or took a step.</param>
/// <param name="TotalSeconds">From begin to end: with the modules called inside, and with what is no operation.</param>
/// <param name="SelfSeconds">In its own operations.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes that had to be read and written.</param>
public sealed record ProfileRow(string Name, ProfilePhase Phase, long Calls, double TotalSeconds, double SelfSeconds, long Flops, long Bytes)
{
    /// <summary>10⁹ floating-point operations a second.</summary>
    public double Gflops => SelfSeconds > 0 ? Flops / SelfSeconds / 1e9 : 0;

    /// <summary>10⁹ bytes a second.</summary>
    public double GigabytesPerSecond => SelfSeconds > 0 ? Bytes / SelfSeconds / 1e9 : 0;

    /// <summary>How near it came to what the machine can do: the greater of the share of arithmetic and the share of memory.</summary>
    /// <remarks>Above 1 where data came from a cache, or an algorithm needs less arithmetic than the definition (Winograd's convolution).</remarks>
    public double RoofShare(Roof roof)
    {
        ArgumentNullException.ThrowIfNull(roof);
        return Math.Max(Gflops / roof.Gflops, GigabytesPerSecond / roof.GigabytesPerSecond);
    }
}
