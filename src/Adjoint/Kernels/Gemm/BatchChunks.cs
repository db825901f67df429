namespace Adjoint.Kernels.Gemm;

/// <summary>A few independent products to a chunk, each done whole by the thread that takes it.</summary>
internal readonly struct BatchChunks<T>(Product<T> first, long batch, long group, long aStep, long bStep, long cStep) : IChunks
{
    public void Run(long chunk)
    {
        long end = Math.Min(batch, (chunk + 1) * group);
        for (long i = chunk * group; i < end; i++)
            Gemm.One(first.Shifted(i * aStep, i * bStep, i * cStep), parallel: false);
    }
}
