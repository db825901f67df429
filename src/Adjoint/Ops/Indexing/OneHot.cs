using System.Runtime.InteropServices;

namespace Adjoint.Ops
{
    /// <summary>A one among zeros for each index: <c>y[…, c] = c == indices[…] ? 1 : 0</c>.</summary>
    /// <remarks>Shape: the indices' and <c>Classes</c>. Indices have no gradient.</remarks>
    /// <param name="Classes">The size of the new last axis.</param>
    /// <param name="Type">The result's element type.</param>
    public sealed record OneHot(long Classes, DType Type) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Indices.CheckType(inputs[0], Name);
            if (Classes < 1) throw new ShapeException($"one_hot: the number of classes must be positive, but it is {Classes}.");
            outputs[0] = new(inputs[0].Shape.Insert(inputs[0].Rank, Classes), Type);
        }

        /// <inheritdoc/>
        protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            using Scope scope = Scope.Begin(Name);
            Tensor y = outputs[0], positions = Indices.Within(inputs[0], Classes, Name);
            NativeMemory.Clear(y.Data, (nuint)(y.Elements * Type.Bytes));
            var target = new Span<long>(positions.Data, checked((int)positions.Elements));
            for (int i = 0; i < target.Length; i++)
            {
                long place = (i * Classes) + target[i];
                switch (Type)
                {
                    case DType.F64: ((double*)y.Data)[place] = 1; break;
                    case DType.F32: ((float*)y.Data)[place] = 1; break;
                    case DType.BF16: ((BFloat16*)y.Data)[place] = (BFloat16)1f; break;
                    case DType.F16: ((Half*)y.Data)[place] = Half.One; break;
                    case DType.I64: ((long*)y.Data)[place] = 1; break;
                    case DType.I32: ((int*)y.Data)[place] = 1; break;
                    default: ((byte*)y.Data)[place] = 1; break;
                }
            }
        }

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this);

        // Indices are integers, through which no gradient flows.
        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) =>
            [Plain.Make(inputs[0].Shape.Insert(inputs[0].Shape.Rank, Classes), index => inputs[0][index.AsSpan(..^1)] == index[^1] ? 1 : 0)];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            [.. Enum.GetValues<DType>().Select(type => new Sample(new OneHot(4, type), random.Integers([2, 3], 0, 4)))];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ArgumentOutOfRangeException>(() => Tensor.From([0L, 3]).OneHot(3), "one_hot: indices must be from 0 to 2, but the index at [1] is 3."),
            Misuse.Of<ShapeException>(() => Tensor.From([0L, 3]).OneHot(0), "one_hot: the number of classes must be positive, but it is 0."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2]).OneHot(3), "one_hot: indices must be I64 or I32, but they are F32."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.OneHot"/> to tensors.</summary>
    public static class OneHotSyntax
    {
        extension(Tensor indices)
        {
            /// <summary>A one among zeros for each index, along a new last axis.</summary>
            /// <param name="classes">The size of that axis.</param>
            /// <param name="dtype">The result's element type.</param>
            /// <exception cref="ShapeException">The number of classes is not positive.</exception>
            /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
            /// <exception cref="ArgumentOutOfRangeException">An index is no class.</exception>
            public Tensor OneHot(long classes, DType dtype = DType.I64) => new Ops.OneHot(classes, dtype).Apply(indices);
        }
    }
}
