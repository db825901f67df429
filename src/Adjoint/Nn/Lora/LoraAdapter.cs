namespace Adjoint.Nn;

/// <summary>A low-rank adapter of one linear layer: <c>y = x·Wᵀ + b + s·(dropout(x)·Aᵀ)·Bᵀ</c>, in which A and B are trained and W and b are not.</summary>
/// <remarks>
/// <para>Shapes: A [r, in], uniform in ±1/√in at first; B [out, r], zero at first, so that the layer starts as it was. Saved for the backward pass are x after the dropout and the
/// r numbers of each row.</para>
/// <para>With magnitudes m [out] (DoRA): <c>y = m/‖W + s·B·A‖·(x·Wᵀ + s·(dropout(x)·Aᵀ)·Bᵀ) + b</c>, the norm that of each row and, in the gradient, a constant. m starts as ‖W‖.</para>
/// <para>Source: Hu et al. 2021, eq. 3; Liu et al. 2024, eq. 5 and §4.3.</para>
/// </remarks>
[NotInPyTorch("A low-rank adapter (LoRA, DoRA) of one linear layer; `Lora.Attach` makes them.")]
public sealed class LoraAdapter : Module
{
    [Transient]
    readonly LoraSettings _settings;

    internal LoraAdapter(Linear layer, LoraSettings settings, Generator random)
    {
        _settings = settings;
        // Small numbers that are added to large ones: kept in F32 where the layer's own are half as long.
        DType dtype = layer.Quantized is null && layer.Weight.DType == DType.F64 ? DType.F64 : DType.F32;
        A = Init.LayerDefault(random, [settings.Rank, layer.Inputs], layer.Inputs, dtype).AsParameter();
        B = Tensor.Zeros([layer.Outputs, settings.Rank], dtype).AsParameter();
        Dropout = new(settings.Dropout, random);
        if (!settings.HasMagnitudes) return;
        using NoGrad off = NoGrad.Scope();
        using PrecisionScope full = Precision.Float32.Scope();
        using Scope scope = Scope.Begin("lora");
        Magnitude = layer.Weight.To(dtype).Norm(2, [1]).Persist().AsParameter();
    }

    /// <summary>What the adapter was made with.</summary>
    public LoraSettings Settings => _settings;

    /// <summary>A, [r, in].</summary>
    public Tensor A { get; }

    /// <summary>B, [out, r].</summary>
    public Tensor B { get; }

    /// <summary>m, the lengths of the rows, [out]; null where they are not trained apart.</summary>
    public Tensor? Magnitude { get; }

    /// <summary>Drops parts of what goes into A.</summary>
    public Dropout Dropout { get; }

    internal Tensor Around(Linear layer, Tensor x)
    {
        Tensor y = layer.Product(x, Magnitude is null ? layer.Bias : null);
        // Scaled where it is narrowest.
        Tensor change = (Dropout.Call(x).Linear(A) * Settings.Scale).Linear(B);
        if (Magnitude is null) return y + change.To(y.DType);
        y = (y + change.To(y.DType)) * (Magnitude / Lengths(layer)).To(y.DType);
        return layer.Bias is null ? y : y + layer.Bias;
    }

    /// <summary>The weight that computes what the layer with its adapter does; part of no graph.</summary>
    internal Tensor Merged(Linear layer)
    {
        using NoGrad off = NoGrad.Scope();
        using PrecisionScope full = Precision.Float32.Scope();
        Tensor sum = Sum(layer);
        return Magnitude is null ? sum : sum * (Magnitude / sum.Norm(2, [1])).Unsqueeze(1);
    }

    /// <summary>‖W + s·B·A‖ of each row, a constant to the gradient.</summary>
    Tensor Lengths(Linear layer)
    {
        using NoGrad off = NoGrad.Scope();
        // A length in eight bits would move every number of its row.
        using PrecisionScope full = Precision.Float32.Scope();
        return Sum(layer).Norm(2, [1]);
    }

    Tensor Sum(Linear layer) => layer.Weight.To(A.DType) + (B * Settings.Scale).MatMul(A);
}
