namespace Adjoint.Ops;

/// <summary>A tensor [N, C, …] as the batch-norm kernels see it: [batch, channels, spatial] in memory order.</summary>
/// <remarks>Where little lies behind a channel, a copy with the channels first gives the kernels long runs to work on.</remarks>
internal readonly struct ChannelForm
{
    const long ShortRun = 8;

    readonly bool _channelsFirst;

    public ChannelForm(Shape shape)
    {
        (Batch, Channels, Spatial) = (shape[0], shape[1], 1);
        for (int i = 2; i < shape.Rank; i++) Spatial *= shape[i];
        _channelsFirst = Spatial < ShortRun && Batch > 1;
        if (_channelsFirst) (Batch, Spatial) = (1, Batch * Spatial);
    }

    public long Batch { get; }

    public long Channels { get; }

    public long Spatial { get; }

    public Tensor Read(Tensor x) => (_channelsFirst ? x.Detach().Transpose(0, 1) : x.Detach()).ForKernel();

    public Tensor Target(Tensor y) => _channelsFirst ? Tensor.Allocate(y.Transpose(0, 1).Shape, y.DType.ComputeType()) : y.KernelTarget();

    public void Store(Tensor results, Tensor y) => y.TakeFrom(_channelsFirst ? results.Transpose(0, 1) : results);

    /// <summary>All axes but the channels'.</summary>
    public static int[] Others(int rank) => [0, .. Enumerable.Range(2, rank - 2)];

    /// <summary>[C] as [C, 1…], to broadcast along axis 1 of a tensor of the rank.</summary>
    public static Tensor Broadcast(Tensor perChannel, int rank) => perChannel.Reshape([perChannel.Elements, .. Enumerable.Repeat(1L, rank - 2)]);
}
