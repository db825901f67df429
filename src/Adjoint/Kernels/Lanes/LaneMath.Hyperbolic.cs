namespace Adjoint.Kernels.Lanes;

// Hyperbolic functions and their inverses.
internal static unsafe partial class LaneMath
{
    public static V Sinh<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Sinh);

    public static V Cosh<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Cosh);

    public static V Tanh<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Tanh);

    public static V Asinh<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Asinh);

    public static V Acosh<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Acosh);

    public static V Atanh<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Atanh);
}
