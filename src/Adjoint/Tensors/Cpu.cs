namespace Adjoint;

/// <summary>What computes.</summary>
public static class Cpu
{
    /// <summary>The number of threads that an operation may use, the caller's included; one for each processor at first. Results do not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    [PyTorch("torch.set_num_threads", "torch.get_num_threads", Differs = "Results do not depend on it.")]
    public static int Threads
    {
        get => Kernels.Parallel.Threads;
        set => Kernels.Parallel.Threads = value;
    }
}
