namespace Adjoint;

/// <summary>Adds pooling of volumes to tensors.</summary>
/// <remarks>
/// Maxima and means over boxes are maxima and means over their slices: the planes [H, W] are pooled first, then what is left along
/// D. Among equal largest elements the first in row-major order is still the one that the gradient goes to.
/// </remarks>
public static class Pool3dSyntax
{
    extension(Tensor x)
    {
        /// <summary>The largest element of each window: x [N, C, D, H, W] gives [N, C, D', H', W'].</summary>
        /// <param name="kernel">The size of a window: one number for all three axes, or three.</param>
        /// <param name="stride">How far it moves from one output to the next; its own size if empty.</param>
        /// <param name="padding">Positions imagined before and after the volume, none if empty; they never win.</param>
        /// <param name="dilation">Distance of a window's elements; 1 if empty.</param>
        /// <param name="ceilMode">Whether a last window that begins inside but ends outside counts.</param>
        /// <exception cref="ShapeException">x has not the axes [N, C, D, H, W], or the kernel does not fit into the padded volume.</exception>
        /// <exception cref="ArgumentException">There are other than one or three numbers, a kernel, stride or dilation is below 1, or a padding below 0 or above half the kernel.</exception>
        public Tensor MaxPool3d(ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride = default, ReadOnlySpan<int> padding = default, ReadOnlySpan<int> dilation = default, bool ceilMode = false)
        {
            const string Name = "max_pool3d";
            int[] k = Three(Name, kernel, 1), s = stride.IsEmpty ? k : Three(Name, stride, 1), p = Three(Name, padding, 0), d = Three(Name, dilation, 1);
            return Twice(x, Name,
                planes => planes.MaxPool2d((k[1], k[2]), (s[1], s[2]), (p[1], p[2]), (d[1], d[2]), ceilMode),
                columns => columns.MaxPool2d((k[0], 1), (s[0], 1), (p[0], 0), (d[0], 1), ceilMode));
        }

        /// <summary>The mean of each window: x [N, C, D, H, W] gives [N, C, D', H', W'].</summary>
        /// <param name="kernel">The size of a window: one number for all three axes, or three.</param>
        /// <param name="stride">How far it moves from one output to the next; its own size if empty.</param>
        /// <param name="padding">Positions imagined before and after the volume; none if empty.</param>
        /// <param name="countIncludePad">Whether the padding counts, as zeros.</param>
        /// <param name="ceilMode">Whether a last window that begins inside but ends outside counts.</param>
        /// <exception cref="ShapeException">x has not the axes [N, C, D, H, W], or the kernel does not fit into the padded volume.</exception>
        /// <exception cref="ArgumentException">There are other than one or three numbers, a kernel or stride is below 1, or a padding below 0 or above half the kernel.</exception>
        public Tensor AvgPool3d(ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride = default, ReadOnlySpan<int> padding = default, bool countIncludePad = true, bool ceilMode = false)
        {
            const string Name = "avg_pool3d";
            int[] k = Three(Name, kernel, 1), s = stride.IsEmpty ? k : Three(Name, stride, 1), p = Three(Name, padding, 0);
            return Twice(x, Name,
                planes => planes.AvgPool2d((k[1], k[2]), (s[1], s[2]), (p[1], p[2]), countIncludePad, ceilMode),
                columns => columns.AvgPool2d((k[0], 1), (s[0], 1), (p[0], 0), countIncludePad, ceilMode));
        }

        /// <summary>The largest element of each of <paramref name="size"/> windows that divide the volume evenly.</summary>
        /// <exception cref="ShapeException">x has not the axes [N, C, D, H, W], or the volumes are empty.</exception>
        /// <exception cref="ArgumentException">There are other than one or three sizes, or one is below 1.</exception>
        public Tensor AdaptiveMaxPool3d(ReadOnlySpan<int> size)
        {
            int[] n = Three("adaptive_max_pool3d", size, 1);
            return Twice(x, "adaptive_max_pool3d", planes => planes.AdaptiveMaxPool2d((n[1], n[2])), columns => columns.AdaptiveMaxPool2d((n[0], n[1] * n[2])));
        }

        /// <summary>The mean of each of <paramref name="size"/> windows that divide the volume evenly.</summary>
        /// <exception cref="ShapeException">x has not the axes [N, C, D, H, W], or the volumes are empty.</exception>
        /// <exception cref="ArgumentException">There are other than one or three sizes, or one is below 1.</exception>
        public Tensor AdaptiveAvgPool3d(ReadOnlySpan<int> size)
        {
            int[] n = Three("adaptive_avg_pool3d", size, 1);
            return Twice(x, "adaptive_avg_pool3d", planes => planes.AdaptiveAvgPool2d((n[1], n[2])), columns => columns.AdaptiveAvgPool2d((n[0], n[1] * n[2])));
        }
    }

    static int[] Three(string operation, ReadOnlySpan<int> given, int otherwise) => given.Length switch
    {
        0 => [otherwise, otherwise, otherwise],
        1 => [given[0], given[0], given[0]],
        3 => given.ToArray(),
        _ => throw new ArgumentException($"{operation}: there must be one number for all axes or one for each of three, but there are {given.Length}."),
    };

    static Tensor Twice(Tensor x, string operation, Func<Tensor, Tensor> alongPlanes, Func<Tensor, Tensor> alongDepth)
    {
        if (x.Rank != 5) throw new ShapeException($"{operation}: x must have the axes [N, C, D, H, W], but x is {x.Shape}.");
        long n = x.Shape[0], c = x.Shape[1], depth = x.Shape[2];
        Tensor planes = alongPlanes(x.Reshape(n, c * depth, x.Shape[3], x.Shape[4]));
        long height = planes.Shape[2], width = planes.Shape[3];
        Tensor columns = alongDepth(planes.Reshape(n, c, depth, height * width));
        return columns.Reshape(n, c, columns.Shape[2], height, width);
    }
}
