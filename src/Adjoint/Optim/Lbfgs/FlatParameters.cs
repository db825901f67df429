namespace Adjoint.Optim;

/// <summary>Parameters seen as one long vector.</summary>
internal sealed class FlatParameters(Tensor[] parameters)
{
    readonly DType _type = parameters.Any(p => p.DType == DType.F64) ? DType.F64 : DType.F32;

    public long Elements => parameters.Sum(p => p.Elements);

    public DType DType => _type;

    /// <summary>The gradients, zeros where there is none.</summary>
    public Tensor Gradients() => Joined(p => p.Grad ?? Tensor.Zeros(p.Shape, _type));

    public Tensor Values() => Joined(p => p.Detach());

    public void Set(Tensor values)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("set parameters");
        long start = 0;
        foreach (Tensor parameter in parameters)
        {
            if (parameter.IsLeaf) parameter.CopyFrom(values.Slice(0, start, start + parameter.Elements).Reshape(parameter.Shape));
            start += parameter.Elements;
        }
    }

    Tensor Joined(Func<Tensor, Tensor> part)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("join parameters");
        return scope.Keep(Tensor.Cat([.. parameters.Select(p => part(p).To(_type).Reshape(-1))]).Copy());
    }
}
