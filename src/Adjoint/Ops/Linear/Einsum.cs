using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds sums in Einstein's notation to tensors.</summary>
public static class EinsumSyntax
{
    extension(Tensor)
    {
        /// <summary>Products summed over indices: <c>Tensor.Einsum("bhid,bhjd-&gt;bhij", q, k)</c> is <c>y[b, h, i, j] = Σ over d of q[b, h, i, d]·k[b, h, j, d]</c>.</summary>
        /// <remarks>
        /// <para>A term for each operand names its axes with letters; an index that the result does not name is summed over. Twice
        /// in one term takes the diagonal; <c>...</c> stands for any axes, which broadcast; an axis of size 1 broadcasts. Without
        /// <c>-&gt;</c> the result has the axes under the dots and then, in the order of the alphabet, the letters that occur once.</para>
        /// <para>Operands are multiplied from left to right, each time as matrix products that read transposes in place; what is
        /// summed away in one operand alone is summed first.</para>
        /// </remarks>
        /// <param name="equation">The terms, separated by commas, and the result.</param>
        /// <param name="operands">One tensor for each term; their types are promoted to a common one.</param>
        /// <exception cref="ArgumentException">The equation cannot be read, or does not have a term for each operand.</exception>
        /// <exception cref="ShapeException">A term does not name its operand's axes, or an index has several sizes.</exception>
        [PyTorch("torch.einsum")]
        public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands)
        {
            ArgumentNullException.ThrowIfNull(equation);
            foreach (Tensor operand in operands) ArgumentNullException.ThrowIfNull(operand);
            var notation = new EinsumNotation(equation, operands);
            DType type = operands[0].DType;
            foreach (Tensor operand in operands) type = type.Promote(operand.DType);

            Indexed result = Indexed.Of(operands[0].To(type), notation.Terms[0], notation.Sizes);
            for (int i = 1; i < operands.Length; i++)
            {
                HashSet<int> needed = [.. notation.Output, .. notation.Terms.Skip(i + 1).SelectMany(t => t)];
                result = result.Times(Indexed.Of(operands[i].To(type), notation.Terms[i], notation.Sizes), needed);
            }

            return result.SumExcept([.. notation.Output]).InOrder(notation.Output).X;
        }
    }

    /// <summary>A tensor whose axes have names, each a different one.</summary>
    readonly record struct Indexed(Tensor X, int[] Labels)
    {
        /// <summary>Diagonals taken, and axes of size 1 dropped that stand for a longer one elsewhere.</summary>
        public static Indexed Of(Tensor x, int[] labels, Dictionary<int, long> sizes)
        {
            List<int> names = [.. labels];
            for (int i = 0; i < names.Count; i++)
            {
                int twin = names.IndexOf(names[i], i + 1);
                if (twin < 0) continue;
                x = x.Diagonal(0, i, twin);
                names.Add(names[i]);
                names.RemoveAt(twin);
                names.RemoveAt(i--);
            }

            for (int i = names.Count - 1; i >= 0; i--)
            {
                if (x.Shape[i] == sizes[names[i]]) continue;
                x = x.Squeeze(i);
                names.RemoveAt(i);
            }

            return new(x, [.. names]);
        }

        /// <summary>Summed over every index but these.</summary>
        public Indexed SumExcept(HashSet<int> needed)
        {
            int[] labels = Labels, gone = [.. Enumerable.Range(0, labels.Length).Where(i => !needed.Contains(labels[i]))];
            return gone.Length == 0 ? this : new(X.Sum(gone), [.. labels.Where(needed.Contains)]);
        }

        public Indexed InOrder(int[] order)
        {
            int[] labels = Labels;
            return labels.SequenceEqual(order) ? this : new(X.Permute([.. order.Select(label => Array.IndexOf(labels, label))]), order);
        }

        /// <summary>The product with another, summed over what they share and nobody needs any more.</summary>
        public Indexed Times(Indexed other, HashSet<int> needed)
        {
            Indexed a = SumExcept([.. needed, .. other.Labels]), b = other.SumExcept([.. needed, .. Labels]);
            int[] left = [.. a.Labels.Except(b.Labels)], right = [.. b.Labels.Except(a.Labels)], shared = [.. a.Labels.Intersect(b.Labels)];
            int[] stack = [.. shared.Where(needed.Contains)], summed = [.. shared.Where(label => !needed.Contains(label))];

            // Matrix products are for floating-point numbers, and one by one is no matrix.
            if (!a.X.DType.IsFloat || (summed.Length == 0 && (left.Length == 0 || right.Length == 0)))
            {
                int[] all = [.. stack, .. summed, .. left, .. right];
                return new Indexed(a.Along(all) * b.Along(all), all).SumExcept(needed);
            }

            Tensor product = a.Matrix(stack, left, summed).MatMul(b.Matrix(stack, summed, right));
            return new(product.Reshape(Shape.Create([.. a.SizesOf(stack), .. a.SizesOf(left), .. b.SizesOf(right)])), [.. stack, .. left, .. right]);
        }

        long[] SizesOf(int[] labels)
        {
            Indexed self = this;
            return [.. labels.Select(label => self.X.Shape[Array.IndexOf(self.Labels, label)])];
        }

        /// <summary>[stack…, rows, columns].</summary>
        Tensor Matrix(int[] stack, int[] rows, int[] columns) =>
            InOrder([.. stack, .. rows, .. columns]).X.Reshape(Shape.Create([.. SizesOf(stack), Product(SizesOf(rows)), Product(SizesOf(columns))]));

        static long Product(long[] sizes) => sizes.Aggregate(1L, (a, b) => a * b);

        /// <summary>With an axis for each of the indices in this order, of size 1 where this tensor has none.</summary>
        Tensor Along(int[] all)
        {
            int[] labels = Labels;
            Tensor x = InOrder([.. all.Where(labels.Contains)]).X;
            for (int i = 0; i < all.Length; i++) if (!labels.Contains(all[i])) x = x.Unsqueeze(i);
            return x;
        }
    }
}
