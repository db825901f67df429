namespace Adjoint.Kernels.Lanes;

// The logistic family.
internal static unsafe partial class LaneMath
{
    public static V Sigmoid<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.Sigmoid);

    public static V Softplus<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.Softplus);

    public static V LogSigmoid<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.LogSigmoid);
}
