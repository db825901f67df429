namespace Adjoint.Optim;

/// <summary>What the last steps told about the curvature: pairs of a step s and the change y of the gradient along it.</summary>
/// <remarks>From them the product of the inverse Hessian with a gradient is estimated without any matrix. Source: Nocedal 1980 (the two-loop recursion).</remarks>
internal sealed class CurvatureMemory
{
    // Less than this, and the curvature along a step is not positive enough to be learned from.
    const double LeastCurvature = 1e-10;

    readonly List<(Tensor Step, Tensor Change, double Curvature)> _pairs = [];

    /// <summary>The inverse curvature in directions of which nothing is known.</summary>
    public double Scale { get; set; } = 1;

    public IReadOnlyList<(Tensor Step, Tensor Change, double Curvature)> Pairs => _pairs;

    public void Learn(Tensor step, Tensor change, int capacity)
    {
        double curvature = Vectors.Dot(change, step);
        if (!(curvature > LeastCurvature)) return;
        if (_pairs.Count == capacity)
        {
            _pairs[0].Step.Release();
            _pairs[0].Change.Release();
            _pairs.RemoveAt(0);
        }

        Remember(step, change);
        Scale = curvature / Vectors.Dot(change, change);
    }

    /// <summary>Takes a pair as it is; the tensors outlive the current scope.</summary>
    public void Remember(Tensor step, Tensor change) => _pairs.Add((step.AsBuffer(), change.AsBuffer(), Vectors.Dot(change, step)));

    public void Clear()
    {
        foreach ((Tensor step, Tensor change, _) in _pairs)
        {
            step.Release();
            change.Release();
        }

        _pairs.Clear();
        Scale = 1;
    }

    /// <summary>−H·g, where to go.</summary>
    public Tensor Direction(Tensor gradient)
    {
        Tensor d = Vectors.Scaled(gradient, -1);
        double[] taken = new double[_pairs.Count];
        for (int i = _pairs.Count - 1; i >= 0; i--)
        {
            (Tensor step, Tensor change, double curvature) = _pairs[i];
            taken[i] = Vectors.Dot(step, d) / curvature;
            Vectors.Add(d, change, -taken[i]);
        }

        d = Vectors.Scaled(d, Scale);
        for (int i = 0; i < _pairs.Count; i++)
        {
            (Tensor step, Tensor change, double curvature) = _pairs[i];
            Vectors.Add(d, step, taken[i] - (Vectors.Dot(change, d) / curvature));
        }

        return d;
    }
}
