namespace Adjoint.Kernels.Lanes;

// Circular functions and their inverses.
internal static unsafe partial class LaneMath
{
    public static V Sin<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Sin);

    public static V Cos<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Cos);

    public static V Tan<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Tan);

    public static V Asin<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Asin);

    public static V Acos<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Acos);

    public static V Atan<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Atan);

    public static V Atan2<V, T>(V y, V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(y, x, &Math.Atan2);
}
