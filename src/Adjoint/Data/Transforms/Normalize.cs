using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Data;

/// <summary>Channel by channel <c>y = (x − mean) / deviation</c>, in place; channels are axis 1: those of images [B, C, H, W], or the columns of [B, C].</summary>
/// <remarks>One mean and one deviation serve all channels. Inputs F32 or F64; targets stay.</remarks>
[PyTorch("torchvision.transforms.Normalize", Differs = "`Normalize.Fit(data)` measures the numbers.")]
public sealed class Normalize : ITransform
{
    const int RowsAtOnce = 256;

    readonly double[] _means, _deviations;

    /// <summary>Gives means and deviations.</summary>
    /// <exception cref="ArgumentException">Their numbers differ or are 0, or a mean is not finite, or a deviation is not above 0 and finite.</exception>
    public Normalize(ReadOnlySpan<double> means, ReadOnlySpan<double> deviations)
    {
        if (means.IsEmpty || means.Length != deviations.Length) throw new ArgumentException($"normalize: every channel must have a mean and a deviation, but there are {means.Length} means and {deviations.Length} deviations.");
        for (int c = 0; c < means.Length; c++)
            if (!double.IsFinite(means[c]) || !(deviations[c] > 0 && double.IsFinite(deviations[c]))) throw new ArgumentException($"normalize: means must be finite and deviations above 0 and finite, but for channel {c} the mean is {means[c]} and the deviation is {deviations[c]}.");
        (_means, _deviations) = (means.ToArray(), deviations.ToArray());
    }

    /// <summary>What is subtracted, a channel each.</summary>
    public IReadOnlyList<double> Means => _means;

    /// <summary>What is divided by, a channel each.</summary>
    public IReadOnlyList<double> Deviations => _deviations;

    /// <summary>Measures mean and (population) deviation of every channel of a data set, after the transforms that come before this one. A channel that never varies gets deviation 1.</summary>
    /// <remarks>Fit on the training part alone: what is measured on all of the data leaks into the evaluation. Two passes, in F64, with a sum a row.</remarks>
    /// <exception cref="ArgumentException">A transform before is random.</exception>
    /// <exception cref="DataException">The data set is empty, or a value is not finite.</exception>
    public static Normalize Fit(IDataset training, params IReadOnlyList<ITransform> before)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (before.Any(t => t.IsRandom)) throw new ArgumentException("normalize: what is measured must not be random, but a transform before it is.");
        double[] means = ChannelMeans(training, before, means: null);
        double[] variances = ChannelMeans(training, before, means);
        for (int c = 0; c < means.Length; c++)
            if (!double.IsFinite(means[c]) || !double.IsFinite(variances[c])) throw new DataException($"normalize: values must be finite, but the mean of channel {c} is {means[c]} and its variance is {variances[c]}.");
        return new(means, [.. variances.Select(v => v > 0 ? Math.Sqrt(v) : 1)]);
    }

    /// <inheritdoc/>
    /// <exception cref="DTypeException">Inputs are neither F32 nor F64.</exception>
    /// <exception cref="ShapeException">Inputs have another number of channels.</exception>
    public Batch Apply(Batch batch, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor x = Checked(batch.Inputs);
        if (_means.Length != 1 && x.Shape[1] != _means.Length) throw new ShapeException($"normalize: inputs must have as many channels as there are means, but inputs are {x.Shape} and there are {_means.Length} means.");
        if (x.DType == DType.F32) Run<float>(x);
        else Run<double>(x);
        return x == batch.Inputs ? batch : new(x, batch.Targets);
    }

    static Tensor Checked(Tensor x)
    {
        if (x.DType is not (DType.F32 or DType.F64)) throw new DTypeException($"normalize: inputs must be F32 or F64, but they are {x.DType}.{(x.DType == DType.U8 ? " Hint: put ToFloat before it." : "")}");
        if (x.Rank < 2) throw new ShapeException($"normalize: inputs must have channels as axis 1, but inputs are {x.Shape}.");
        return x.Contiguous();
    }

    // Mean of x per channel, or of (x − mean)² where means are given.
    static double[] ChannelMeans(IDataset data, IReadOnlyList<ITransform> before, double[]? means)
    {
        double[]? sums = null;
        long count = 0;
        foreach (Batch batch in new DataLoader(data, RowsAtOnce, transforms: before))
        {
            using Scope scope = Scope.Begin("normalize");
            Tensor x = Checked(batch.Inputs);
            sums ??= new double[x.Shape[1]];
            if (x.DType == DType.F32) AddTo<float>(sums, x, means);
            else AddTo<double>(sums, x, means);
            count += x.Elements / Math.Max(x.Shape[1], 1);
        }

        return Array.ConvertAll(sums!, s => s / count);
    }

    static unsafe void AddTo<T>(double[] sums, Tensor x, double[]? means) where T : unmanaged, INumber<T>
    {
        long channels = x.Shape[1], inner = channels == 0 ? 0 : x.Elements / Math.Max(x.Shape[0] * channels, 1);
        T* data = (T*)x.Data;
        for (long plane = 0; plane < x.Shape[0] * channels; plane++, data += inner)
        {
            int c = (int)(plane % channels);
            double mean = means?[c] ?? 0, sum = 0;
            for (long i = 0; i < inner; i++)
            {
                double distance = double.CreateTruncating(data[i]) - mean;
                sum += means is null ? distance : distance * distance;
            }

            sums[c] += sum;
        }

        GC.KeepAlive(x);
    }

    unsafe void Run<T>(Tensor x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channels = (int)x.Shape[1];
        T[] means = PerChannel<T>(_means, channels), deviations = PerChannel<T>(_deviations, channels);
        long inner = channels == 0 ? 0 : x.Elements / Math.Max(x.Shape[0] * channels, 1);
        T* data = (T*)x.Data;
        for (long b = 0; b < x.Shape[0]; b++, data += channels * inner)
        {
            // Rows of columns are one vector; images are a vector a channel.
            if (inner == 1) Change(new(data, channels), means, deviations);
            else for (int c = 0; c < channels; c++) Change(new(data + (c * inner), checked((int)inner)), means[c], deviations[c]);
        }

        x.Written();
        GC.KeepAlive(x);
    }

    static void Change<T>(Span<T> row, T[] means, T[] deviations) where T : IFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(row, means, row);
        TensorPrimitives.Divide(row, deviations, row);
    }

    static void Change<T>(Span<T> plane, T mean, T deviation) where T : IFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(plane, mean, plane);
        TensorPrimitives.Divide(plane, deviation, plane);
    }

    static T[] PerChannel<T>(double[] values, int channels) where T : IFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, channels).Select(c => T.CreateTruncating(values[values.Length == 1 ? 0 : c]))];
}
