namespace Adjoint.Kernels.Lanes;

// The error function.
internal static unsafe partial class LaneMath
{
    public static V Erf<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.Erf);

    public static V Erfc<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.Erfc);
}
