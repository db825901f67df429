namespace Adjoint.Kernels.Lanes;

/// <summary>
/// A fixed number of <typeparamref name="T"/> values that one instruction handles together: the vocabulary in which
/// kernels are written once and compiled for every width (512, 256, 128 bits and one value at a time).
/// </summary>
/// <remarks>
/// Every implementation must give the same bits for the same input value, so that a loop's remainder (done one value at a
/// time) and its body agree, and results never depend on where a range was split. A mask is a value whose lanes are all
/// ones or all zeros.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal unsafe interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
{
    /// <summary>How many values one <typeparamref name="TSelf"/> holds.</summary>
    static abstract int Count { get; }

    static abstract TSelf All(T value);
    static abstract TSelf Load(T* source);
    static abstract void Store(TSelf value, T* target);

    /// <summary>BF16 as the floats that they are.</summary>
    static abstract TSelf LoadWidened(BFloat16* source);

    /// <summary>Stores floats as BF16, rounded to nearest even.</summary>
    static abstract void StoreRounded(TSelf value, BFloat16* target);

    /// <summary>Whole numbers, each as a value of its lane.</summary>
    static abstract TSelf FromIntegers(int* source);

    /// <summary>The lanes as whole numbers; they must be some.</summary>
    static abstract void ToIntegers(TSelf value, int* target);

    /// <summary>Stores past the caches, to a place aligned to the size of <typeparamref name="TSelf"/>.</summary>
    static abstract void Stream(TSelf value, T* target);

    static abstract TSelf operator +(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a, TSelf b);
    static abstract TSelf operator *(TSelf a, TSelf b);
    static abstract TSelf operator /(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a);

    /// <summary><c>a·b + c</c>, rounded once where the processor can (all widths of one processor agree).</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf a);
    static abstract TSelf Abs(TSelf a);

    /// <summary>The larger value; NaN if either is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller value; NaN if either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary><paramref name="x"/>, or the bound where it is below; NaN stays NaN. One instruction, where <see cref="Max"/> must look at both for NaN.</summary>
    static abstract TSelf AtLeast(TSelf x, TSelf bound);

    /// <summary><paramref name="x"/>, or the bound where it is above; NaN stays NaN.</summary>
    static abstract TSelf AtMost(TSelf x, TSelf bound);

    static abstract TSelf Floor(TSelf a);
    static abstract TSelf Ceiling(TSelf a);

    /// <summary>To the nearest integer, halves to even.</summary>
    static abstract TSelf Round(TSelf a);

    static abstract TSelf Less(TSelf a, TSelf b);
    static abstract TSelf LessOrEqual(TSelf a, TSelf b);
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>Lane by lane: <paramref name="yes"/> where <paramref name="mask"/> is set, else <paramref name="no"/>.</summary>
    static abstract TSelf Select(TSelf mask, TSelf yes, TSelf no);

    // Bits, for masks and for taking floating-point numbers apart.
    static abstract TSelf And(TSelf a, TSelf b);
    static abstract TSelf Or(TSelf a, TSelf b);
    static abstract TSelf Xor(TSelf a, TSelf b);

    /// <summary><c>mask</c> clear: <c>a &amp; ~b</c>.</summary>
    static abstract TSelf AndNot(TSelf a, TSelf b);

    /// <summary>2ⁿ for integer-valued <paramref name="n"/> whose result is a normal number: the exponent field is built from bits.</summary>
    /// <remarks>
    /// Adding 2²³ (double: 2⁵²) puts the integer n + 127 into the low bits of the significand; a shift moves them into the
    /// exponent field and everything else out. An addition and a shift, where a conversion must also look after NaN and overflow.
    /// </remarks>
    static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary>a·2ⁿ for integer-valued <paramref name="n"/>, rounded once where the result is subnormal.</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);

    /// <summary>Lane by lane one of the sixteen values of a table (aligned to 64 bytes): the one whose number is in the lowest four bits of the index.</summary>
    static abstract TSelf Lookup(T* table, TSelf index);

    /// <summary>The integer exponent e (as a floating-point value) of a positive normal number x = m·2ᵉ, 1 ≤ m &lt; 2.</summary>
    static abstract TSelf Exponent(TSelf x);

    /// <summary>The significand m of a positive normal number x = m·2ᵉ, 1 ≤ m &lt; 2.</summary>
    static abstract TSelf Significand(TSelf x);

    /// <summary>The sum of all lanes: halves are added until one is left, an order that depends on the width alone.</summary>
    static abstract T Sum(TSelf a);

    /// <summary>The largest lane; NaN if any is NaN.</summary>
    static abstract T MaxAcross(TSelf a);

    /// <summary>The smallest lane; NaN if any is NaN.</summary>
    static abstract T MinAcross(TSelf a);

    /// <summary>Applies a scalar function to every lane: for functions too rare to be worth a vector form.</summary>
    static abstract TSelf Each(TSelf a, delegate*<double, double> function);

    /// <summary>Applies a scalar function of two arguments to every lane.</summary>
    static abstract TSelf Each(TSelf a, TSelf b, delegate*<double, double, double> function);
}
