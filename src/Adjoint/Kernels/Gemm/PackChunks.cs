using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Packs a block's operands, a few strips to a chunk: A's first, then B's.</summary>
internal readonly struct PackChunks<TLanes, T>(Block<TLanes, T> block, bool alsoA, bool alsoB) : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    const int StripsPerChunk = 4;

    readonly Block<TLanes, T> _block = block;
    readonly long _chunksA = alsoA ? (block.StripsToPackA + StripsPerChunk - 1) / StripsPerChunk : 0;
    readonly long _chunksB = alsoB ? (block.StripsToPackB + StripsPerChunk - 1) / StripsPerChunk : 0;

    public long Count => _chunksA + _chunksB;

    public void Run(long chunk)
    {
        bool isA = chunk < _chunksA;
        long first = (isA ? chunk : chunk - _chunksA) * StripsPerChunk;
        long end = Math.Min(first + StripsPerChunk, isA ? _block.StripsToPackA : _block.StripsToPackB);
        for (long strip = first; strip < end; strip++)
        {
            if (isA) _block.PackStripA(strip);
            else _block.PackStripB(strip);
        }
    }
}
