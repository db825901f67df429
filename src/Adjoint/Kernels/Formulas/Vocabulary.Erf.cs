namespace Adjoint;

// The decomposition and coefficients are those of fdlibm's s_erf.c (Sun Microsystems 1993): rational approximations on
// [0, 0.84375], [0.84375, 1.25], and for erfc(x)·x·e^(x²) in 1/x² beyond, split at 1/0.35.
public static partial class Vocabulary
{
    /// <summary>The error function 2/√π ∫₀ˣ e<sup>−t²</sup> dt.</summary>
    /// <remarks>Rational approximations after fdlibm (Sun Microsystems 1993). Within 1 ulp.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from −1 to 1, with the sign of <paramref name="x"/>.</returns>
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (a < 3e-9) return x + ErfSlopeMinusOne * x;
        if (a < 0.84375) return x + x * NearZero(x * x);
        double y = a < 1.25 ? ErfOfOne + NearOne(a - 1) : a < 6 ? 1 - Tail(a) : 1;
        return Math.CopySign(y, x);
    }

    /// <summary>The complementary error function 1 − erf(x), with full relative accuracy where erf(x) is close to 1.</summary>
    /// <remarks>Rational approximations after fdlibm (Sun Microsystems 1993). Within 1.5 ulp.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from 0 to 2.</returns>
    public static double Erfc(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (a < 0.84375)
        {
            double y = NearZero(x * x);
            return x < 0.25 ? 1 - (x + x * y) : 0.5 - (x - 0.5 + x * y);
        }
        if (a < 1.25) return x > 0 ? 1 - ErfOfOne - NearOne(a - 1) : 1 + (ErfOfOne + NearOne(a - 1));
        if (x > 0) return a < 28 ? Tail(a) : 0;
        return a < 6 ? 2 - Tail(a) : 2;
    }

    const double ErfSlopeMinusOne = 1.28379167095512586316e-01;
    const double ErfOfOne = 8.45062911510467529297e-01; // to 24 bits; NearOne carries the rest

    static double NearZero(double z) =>
        (1.28379167095512558561e-01 + z * (-3.25042107247001499370e-01 + z * (-2.84817495755985104766e-02
            + z * (-5.77027029648944159157e-03 + z * -2.37630166566501626084e-05))))
        / (1 + z * (3.97917223959155352819e-01 + z * (6.50222499887672944485e-02 + z * (5.08130628187576562776e-03
            + z * (1.32494738004321644526e-04 + z * -3.96022827877536812320e-06)))));

    static double NearOne(double s) =>
        (-2.36211856075265944077e-03 + s * (4.14856118683748331666e-01 + s * (-3.72207876035701323847e-01
            + s * (3.18346619901161753674e-01 + s * (-1.10894694282396677476e-01 + s * (3.54783043256182359371e-02
            + s * -2.16637559486879084300e-03))))))
        / (1 + s * (1.06420880400844228286e-01 + s * (5.40397917702171048937e-01 + s * (7.18286544141962662868e-02
            + s * (1.26171219808761642112e-01 + s * (1.36370839120290507362e-02 + s * 1.19844998467991074170e-02))))));

    // e^(-x²-0.5625+R) / x. The square is taken of x cut to 21 bits, which is exact; the rest goes into the second factor.
    static double Tail(double x)
    {
        double s = 1 / (x * x);
        double r = x < 1 / 0.35
            ? (-9.86494403484714822705e-03 + s * (-6.93858572707181764372e-01 + s * (-1.05586262253232909814e+01
                + s * (-6.23753324503260060396e+01 + s * (-1.62396669462573470355e+02 + s * (-1.84605092906711035994e+02
                + s * (-8.12874355063065934246e+01 + s * -9.81432934416914548592e+00)))))))
                / (1 + s * (1.96512716674392571292e+01 + s * (1.37657754143519042600e+02 + s * (4.34565877475229228821e+02
                + s * (6.45387271733267880336e+02 + s * (4.29008140027567833386e+02 + s * (1.08635005541779435134e+02
                + s * (6.57024977031928170135e+00 + s * -6.04244152148580987438e-02))))))))
            : (-9.86494292470009928597e-03 + s * (-7.99283237680523006574e-01 + s * (-1.77579549177547519889e+01
                + s * (-1.60636384855821916062e+02 + s * (-6.37566443368389627722e+02 + s * (-1.02509513161107724954e+03
                + s * -4.83519191608651397019e+02))))))
                / (1 + s * (3.03380607434824582924e+01 + s * (3.25792512996573918826e+02 + s * (1.53672958608443695994e+03
                + s * (3.19985821950859553908e+03 + s * (2.55305040643316442583e+03 + s * (4.74528541206955367215e+02
                + s * -2.24409524465858183362e+01)))))));
        double z = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) & ~0xFFFFFFFFL);
        return Math.Exp(-z * z - 0.5625) * Math.Exp((z - x) * (z + x) + r) / x;
    }
}
