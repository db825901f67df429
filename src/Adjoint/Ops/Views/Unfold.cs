using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds cutting of images into patches, and laying patches over each other, to tensors.</summary>
public static class UnfoldSyntax
{
    extension(Tensor x)
    {
        /// <summary>Every patch of an image as a column: [N, C, H, W] gives [N, C·kh·kw, L], L the number of places that the kernel can take.</summary>
        /// <param name="kernel">The size of a patch.</param>
        /// <param name="stride">How far it moves from one place to the next; 1 if not given.</param>
        /// <param name="padding">Zeros around the image.</param>
        /// <param name="dilation">Distance of a patch's elements; 1 if not given.</param>
        /// <exception cref="ShapeException">x is no batch of images, or the kernel does not fit into the padded image.</exception>
        /// <exception cref="ArgumentException">A stride or dilation is below 1, or a padding below 0.</exception>
        public Tensor Unfold(Pair kernel, Pair? stride = null, Pair padding = default, Pair? dilation = null)
        {
            if (x.Rank != 4) throw new ShapeException($"unfold: x must have the axes [N, C, H, W], but x is {x.Shape}.");
            (long[] rows, long height) = Places("unfold", kernel.Height, stride?.Height ?? 1, padding.Height, dilation?.Height ?? 1, x.Shape[2]);
            (long[] columns, long width) = Places("unfold", kernel.Width, stride?.Width ?? 1, padding.Width, dilation?.Width ?? 1, x.Shape[3]);
            Tensor padded = x.Pad([padding.Width, padding.Width, padding.Height, padding.Height]);
            return padded.IndexSelect(2, Tensor.From(rows)).IndexSelect(3, Tensor.From(columns))
                .Reshape(x.Shape[0], x.Shape[1], kernel.Height, height, kernel.Width, width).Permute(0, 1, 2, 4, 3, 5)
                .Reshape(x.Shape[0], x.Shape[1] * kernel.Height * kernel.Width, height * width);
        }

        /// <summary>Patches laid back to their places, overlapping ones added: the adjoint of <c>Unfold</c>. [N, C·kh·kw, L] gives [N, C, H, W].</summary>
        /// <param name="size">H and W.</param>
        /// <param name="kernel">The size of a patch.</param>
        /// <param name="stride">How far it moves from one place to the next; 1 if not given.</param>
        /// <param name="padding">Zeros around the image, which are cut off.</param>
        /// <param name="dilation">Distance of a patch's elements; 1 if not given.</param>
        /// <exception cref="ShapeException">x has not the axes [N, C·kh·kw, L], or L is not the number of places.</exception>
        /// <exception cref="ArgumentException">A stride or dilation is below 1, or a padding below 0.</exception>
        public Tensor Fold(Pair size, Pair kernel, Pair? stride = null, Pair padding = default, Pair? dilation = null)
        {
            (long[] rows, long height) = Places("fold", kernel.Height, stride?.Height ?? 1, padding.Height, dilation?.Height ?? 1, size.Height);
            (long[] columns, long width) = Places("fold", kernel.Width, stride?.Width ?? 1, padding.Width, dilation?.Width ?? 1, size.Width);
            if (x.Rank != 3 || x.Shape[2] != height * width || x.Shape[1] % (kernel.Height * kernel.Width) != 0)
                throw new ShapeException($"fold: x must be [N, C·{kernel.Height * kernel.Width}, {height * width}], but x is {x.Shape}.");
            Tensor patches = x.Reshape(x.Shape[0], -1, kernel.Height, kernel.Width, height, width).Permute(0, 1, 2, 4, 3, 5)
                .Reshape(x.Shape[0], x.Shape[1] / (kernel.Height * kernel.Width), rows.Length, columns.Length);
            Tensor whole = new IndexPut(3, size.Width + (2 * padding.Width)).Apply(new IndexPut(2, size.Height + (2 * padding.Height)).Apply(patches, Tensor.From(rows)), Tensor.From(columns));
            return whole.Slice(2, padding.Height, padding.Height + size.Height).Slice(3, padding.Width, padding.Width + size.Width);
        }
    }

    // The positions that each element of the kernel takes, one element after the other, and how many places there are.
    static (long[] Positions, long Count) Places(string operation, int kernel, int stride, int padding, int dilation, long size)
    {
        if (kernel < 1 || stride < 1 || dilation < 1 || padding < 0)
            throw new ArgumentException($"{operation}: kernel, stride and dilation must be at least 1 and padding at least 0, but they are {kernel}, {stride}, {dilation} and {padding}.");
        long count = ((size + (2L * padding) - ((long)dilation * (kernel - 1)) - 1) / stride) + 1;
        if (size + (2L * padding) < ((long)dilation * (kernel - 1)) + 1)
            throw new ShapeException($"{operation}: the kernel must fit into the padded image, but an axis has {size} elements, the kernel {kernel}, padding is {padding} and dilation is {dilation}.");
        long[] positions = new long[kernel * count];
        for (long i = 0; i < kernel; i++)
            for (long place = 0; place < count; place++) positions[(i * count) + place] = (i * dilation) + (place * stride);
        return (positions, count);
    }
}
