namespace Adjoint.Kernels.Lanes;

// Exponentials.
internal static unsafe partial class LaneMath
{
    public static V Exp<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Math.Exp);

    public static V Expm1<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Vocabulary.Expm1);

    public static V Exp2<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.Each(x, &Exp2Scalar);

    static double Exp2Scalar(double x) => Math.Pow(2, x);
}
