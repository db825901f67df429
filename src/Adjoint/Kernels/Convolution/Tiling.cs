namespace Adjoint.Kernels.Convolution;

/// <summary>Positions cut into tiles: parts of one image where images are large, several images to a tile where they are small.</summary>
internal readonly struct Tiling
{
    /// <summary>With a block of steps of about the same number, a tile's columns stay in the second-level cache.</summary>
    public const long Most = 256;

    readonly long _plane, _positions, _perImage;

    /// <summary>The largest tile.</summary>
    public readonly long Length;

    /// <summary>The number of tiles.</summary>
    public readonly long Count;

    public Tiling(in Geometry g, long multiple)
    {
        (_plane, _positions) = (g.OutPlane, g.Positions);
        if (_plane <= Most)
        {
            Length = Most;
            Count = (_positions + Most - 1) / Most;
            return;
        }

        long parts = (_plane + Most - 1) / Most;
        Length = ((_plane + parts - 1) / parts + multiple - 1) / multiple * multiple;
        _perImage = (_plane + Length - 1) / Length;
        Count = g.Images * _perImage;
    }

    /// <summary>A tile's first position and its number of positions.</summary>
    public (long First, long Count) this[long tile]
    {
        get
        {
            if (_perImage == 0) return (tile * Length, Math.Min(Length, _positions - tile * Length));
            long inPlane = tile % _perImage * Length;
            return (tile / _perImage * _plane + inPlane, Math.Min(Length, _plane - inPlane));
        }
    }
}
