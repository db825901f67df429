using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>Multiplies one block or two, one tile of C to a chunk; neighbouring chunks share their columns of B.</summary>
internal readonly unsafe struct TileChunks<TLanes, T> : IChunks
    where TLanes : struct, ILanes<TLanes, T>
{
    /// <summary>A product of few tiles is cut finer, as long as a tile keeps this many multiply-adds, so that threads find work.</summary>
    const long EnoughTiles = 16, EnoughWork = 1 << 17;

    readonly Block<TLanes, T>* _blocks;
    readonly int _count;
    readonly long _down = Blocking<TLanes, T>.TileRowStrips, _across = Blocking<TLanes, T>.TileColumnStrips;
    readonly long _tilesDown, _tiles;

    public TileChunks(Block<TLanes, T>* blocks, int count)
    {
        _blocks = blocks;
        _count = count;
        ref readonly Block<TLanes, T> block = ref *blocks;
        long stripWork = Blocking<TLanes, T>.Rows * Blocking<TLanes, T>.Columns * block.Product.Steps;
        _down = Math.Min(_down, block.RowStrips);
        _across = Math.Min(_across, block.ColumnStrips);
        while (_down * _across > 1 && Tiles(block.RowStrips, _down) * Tiles(block.ColumnStrips, _across) < EnoughTiles && _down * _across * stripWork >= 2 * EnoughWork)
        {
            if (_across > _down) _across = (_across + 1) / 2;
            else _down = (_down + 1) / 2;
        }
        _tilesDown = Tiles(block.RowStrips, _down);
        _tiles = _tilesDown * Tiles(block.ColumnStrips, _across);
    }

    public long Count => _count * _tiles;

    static long Tiles(long strips, long each) => (strips + each - 1) / each;

    [SkipLocalsInit]
    public void Run(long chunk)
    {
        ref readonly Block<TLanes, T> block = ref _blocks[chunk / _tiles];
        chunk %= _tiles;
        byte* scratchBytes = stackalloc byte[Blocking<TLanes, T>.Rows * Blocking<TLanes, T>.Columns * sizeof(T)];
        T* scratch = (T*)scratchBytes;
        long firstRow = chunk % _tilesDown * _down, firstColumn = chunk / _tilesDown * _across;
        long endRow = Math.Min(firstRow + _down, block.RowStrips), endColumn = Math.Min(firstColumn + _across, block.ColumnStrips);
        using Scratch apart = Scratch.Take(block.BytesApart(_down, _across));
        Sums<T> sums = block.SumsOf(firstRow, firstColumn, _across, (T*)apart.Pointer);
        for (long i = firstRow; i < endRow; i++)
        {
            Matrix<T> a = block.StripA(i);
            for (long j = firstColumn; j < endColumn; j++) block.Multiply(i, j, a, block.StripB(j), sums, scratch);
        }

        block.Finish(firstRow, firstColumn, endRow, endColumn, sums);
    }
}
