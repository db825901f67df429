namespace Adjoint;

/// <summary>Adds pooling of sequences to tensors: a sequence is an image of one row.</summary>
public static class Pool1dSyntax
{
    extension(Tensor x)
    {
        /// <summary>The largest element of each window: x [N, C, L] gives [N, C, L'].</summary>
        /// <param name="kernel">The size of a window.</param>
        /// <param name="stride">How far it moves from one output to the next; its own size if not given.</param>
        /// <param name="padding">Positions imagined before and after the sequence; they never win.</param>
        /// <param name="dilation">Distance of a window's elements.</param>
        /// <param name="ceilMode">Whether a last window that begins inside but ends outside counts.</param>
        /// <exception cref="ShapeException">x has not the axes [N, C, L], or the kernel does not fit into the padded sequence.</exception>
        /// <exception cref="ArgumentException">A kernel, stride or dilation is below 1, or a padding below 0 or above half the kernel.</exception>
        public Tensor MaxPool1d(int kernel, int? stride = null, int padding = 0, int dilation = 1, bool ceilMode = false) =>
            OneRow(x, "max_pool1d", image => image.MaxPool2d((1, kernel), (1, stride ?? kernel), (0, padding), (1, dilation), ceilMode));

        /// <summary>The mean of each window: x [N, C, L] gives [N, C, L'].</summary>
        /// <param name="kernel">The size of a window.</param>
        /// <param name="stride">How far it moves from one output to the next; its own size if not given.</param>
        /// <param name="padding">Positions imagined before and after the sequence.</param>
        /// <param name="countIncludePad">Whether the padding counts, as zeros.</param>
        /// <param name="ceilMode">Whether a last window that begins inside but ends outside counts.</param>
        /// <exception cref="ShapeException">x has not the axes [N, C, L], or the kernel does not fit into the padded sequence.</exception>
        /// <exception cref="ArgumentException">A kernel or stride is below 1, or a padding below 0 or above half the kernel.</exception>
        public Tensor AvgPool1d(int kernel, int? stride = null, int padding = 0, bool countIncludePad = true, bool ceilMode = false) =>
            OneRow(x, "avg_pool1d", image => image.AvgPool2d((1, kernel), (1, stride ?? kernel), (0, padding), countIncludePad, ceilMode));

        /// <summary>The largest element of each of <paramref name="size"/> windows that divide the sequence evenly.</summary>
        /// <exception cref="ShapeException">x has not the axes [N, C, L], or the sequences are empty.</exception>
        /// <exception cref="ArgumentException">The size is below 1.</exception>
        public Tensor AdaptiveMaxPool1d(int size) => OneRow(x, "adaptive_max_pool1d", image => image.AdaptiveMaxPool2d((1, size)));

        /// <summary>The mean of each of <paramref name="size"/> windows that divide the sequence evenly.</summary>
        /// <exception cref="ShapeException">x has not the axes [N, C, L], or the sequences are empty.</exception>
        /// <exception cref="ArgumentException">The size is below 1.</exception>
        public Tensor AdaptiveAvgPool1d(int size) => OneRow(x, "adaptive_avg_pool1d", image => image.AdaptiveAvgPool2d((1, size)));
    }

    static Tensor OneRow(Tensor x, string operation, Func<Tensor, Tensor> pool) => x.Rank == 3
        ? pool(x.Unsqueeze(2)).Squeeze(2)
        : throw new ShapeException($"{operation}: x must have the axes [N, C, L], but x is {x.Shape}.");
}
