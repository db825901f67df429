using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels.Formulas;

/// <summary>
/// A formula's loop over elements of the compute type. <paramref name="operands"/> is a <c>void**</c>: inputs, then outputs;
/// <paramref name="count"/> is a multiple of the lanes. An output may be the same memory as an input.
/// </summary>
internal delegate void ElementwiseKernel(nint operands, nint count);

/// <summary>A loop with what its caller must know about it.</summary>
internal sealed unsafe class Kernel(ElementwiseKernel body, int lanes, int size, int inputs, int outputs, uint scalars, bool isIdentity)
{
    /// <summary>Whether elements only go from one place to another, perhaps of another type.</summary>
    public bool IsIdentity => isIdentity;

    /// <summary>Lanes of the widest register.</summary>
    const int Register = 64;

    /// <summary>Computes any number of elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(void** operands, nint count)
    {
        nint whole = count & -(nint)lanes;
        if (whole > 0) body((nint)operands, whole);
        if (whole < count) Rest(operands, whole, count - whole);
    }

    /// <summary>
    /// The elements that do not fill a register go through one in scratch memory: the very same code, so the same bits, and
    /// nothing is read or written outside the operands.
    /// </summary>
    [SkipLocalsInit]
    void Rest(void** operands, nint start, nint count)
    {
        int all = inputs + outputs;
        byte* scratch = stackalloc byte[(all + 1) * Register];
        scratch = (byte*)(((nint)scratch + Register - 1) & -Register);
        void** padded = stackalloc void*[all];
        for (int i = 0; i < all; i++)
        {
            byte* block = scratch + i * Register;
            padded[i] = block;
            if ((scalars >> i & 1) != 0) padded[i] = operands[i];
            else if (i < inputs)
            {
                *(Vector512<byte>*)block = default;
                Copy((byte*)operands[i] + start * size, block, count * size);
            }
        }

        body((nint)padded, lanes);
        for (int i = inputs; i < all; i++)
            Copy((byte*)padded[i], (byte*)operands[i] + start * size, count * size);
    }

    /// <summary>At most 60 bytes, in steps of four: a call to the general copy costs more.</summary>
    static void Copy(byte* source, byte* target, nint bytes)
    {
        for (nint i = 0; i < bytes; i += 4) *(uint*)(target + i) = *(uint*)(source + i);
    }
}
