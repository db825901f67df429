namespace Adjoint.Kernels.Lanes;

// Logarithms.
internal static unsafe partial class LaneMath
{
    public static V Log<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Log);

    public static V Log1p<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.Log1p);

    public static V Log2<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Log2);

    public static V Log10<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Log10);
}
