using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Packs the operands of one block or two, a few strips to a chunk: A's first, then B's.</summary>
internal readonly unsafe struct PackChunks<TLanes, T>(Block<TLanes, T>* blocks, int count, bool alsoA, bool alsoB) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    const int StripsPerChunk = 4;

    readonly long _chunksA = alsoA ? (blocks->StripsToPackA + StripsPerChunk - 1) / StripsPerChunk : 0;
    readonly long _chunksB = alsoB ? (blocks->StripsToPackB + StripsPerChunk - 1) / StripsPerChunk : 0;

    public long Count => count * (_chunksA + _chunksB);

    public void Run(long chunk)
    {
        Block<TLanes, T>* block = blocks + (chunk / (_chunksA + _chunksB));
        chunk %= _chunksA + _chunksB;
        bool isA = chunk < _chunksA;
        long first = (isA ? chunk : chunk - _chunksA) * StripsPerChunk;
        long end = Math.Min(first + StripsPerChunk, isA ? block->StripsToPackA : block->StripsToPackB);
        for (long strip = first; strip < end; strip++)
        {
            if (isA) block->PackStripA(strip);
            else block->PackStripB(strip);
        }
    }
}
