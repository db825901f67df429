namespace Adjoint.Kernels.Copy;

/// <summary>Parts of an operand, addressed without copying.</summary>
internal static unsafe class OperandRegions
{
    extension(Operand whole)
    {
        /// <summary>The elements <paramref name="start"/> … <paramref name="start"/>+<paramref name="length"/>−1 of one axis.</summary>
        public Operand Part(int axis, long start, long length)
        {
            long[] sizes = [.. whole.Shape];
            sizes[axis] = length;
            return whole with
            {
                Data = length == 0 ? whole.Data : (byte*)whole.Data + (start * whole.Strides[axis] * whole.DType.Bytes),
                Shape = sizes,
            };
        }

        /// <summary>One axis read backward.</summary>
        public Operand Backward(int axis)
        {
            long[] strides = [.. whole.Strides];
            strides[axis] = -strides[axis];
            return whole with
            {
                Data = (byte*)whole.Data + (Math.Max(whole.Shape[axis] - 1, 0) * whole.Strides[axis] * whole.DType.Bytes),
                Strides = strides,
            };
        }

        /// <summary>Stretched to a larger shape by the broadcasting rule.</summary>
        public Operand Stretched(long[] shape)
        {
            long[] strides = new long[shape.Length];
            int extra = shape.Length - whole.Shape.Length;
            for (int i = 0; i < whole.Shape.Length; i++) strides[i + extra] = whole.Shape[i] == 1 ? 0 : whole.Strides[i];
            return whole with { Shape = shape, Strides = strides };
        }
    }
}
