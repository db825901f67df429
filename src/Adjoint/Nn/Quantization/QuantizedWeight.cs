using Adjoint.Ops;

namespace Adjoint.Nn;

/// <summary>The weight of a linear layer in 8 or 4 bits a number; it is not trained, and gradients flow through it.</summary>
[NotInPyTorch("The weight of a linear layer in 8 or 4 bits a number; `Quantization.Apply` makes them.")]
public sealed class QuantizedWeight : Module
{
    readonly QuantizedLinear _product;

    internal QuantizedWeight(Tensor weight, QuantizationSettings settings)
    {
        (Inputs, Format) = (weight.Shape[1], settings.Format);
        _product = new(Format, Inputs) { HasShortScales = settings.HasShortScales };
        using Scope scope = Scope.Begin("quantization");
        (Tensor codes, Tensor scales) = BlockScales.Encode(Format, weight);
        Codes = codes.Persist().AsBuffer();
        if (settings.HasShortScales)
        {
            (Tensor shortened, Tensor groups, Tensor mean) = BlockScales.Shorten(scales);
            (Scales, ScaleGroups, ScaleMean) = (shortened.Persist().AsBuffer(), groups.Persist().AsBuffer(), mean.Persist().AsBuffer());
        }
        else
        {
            Scales = scales.Persist().AsBuffer();
        }
    }

    /// <summary>What a code means.</summary>
    public QuantizationFormat Format { get; }

    /// <summary>The columns of the weight.</summary>
    public long Inputs { get; }

    /// <summary>The rows of the weight.</summary>
    public long Outputs => Codes.Shape[0];

    /// <summary>The codes, [out, bytes of a row].</summary>
    public Tensor Codes { get; }

    /// <summary>The factors of the blocks, [out, blocks of a row], or their codes.</summary>
    public Tensor Scales { get; }

    /// <summary>A factor for each 256 of the factors' codes; null where the factors are there in full.</summary>
    public Tensor? ScaleGroups { get; }

    /// <summary>The mean of the factors, []; null where they are there in full.</summary>
    public Tensor? ScaleMean { get; }

    /// <summary>The bytes that it takes, without what the pool rounds up.</summary>
    public long Bytes => new[] { Codes, Scales, ScaleGroups, ScaleMean }.Sum(t => t is null ? 0 : t.Elements * t.DType.Bytes);

    /// <summary>The numbers that the codes stand for, [out, in], in F32.</summary>
    public Tensor Dequantize() => BlockScales.Decode(Format, Codes, ScaleGroups is null ? [Scales] : [Scales, ScaleGroups, ScaleMean!], Inputs);

    internal Tensor Product(Tensor x) => ScaleGroups is null ? _product.Apply(x, Codes, Scales) : _product.Apply(x, Codes, Scales, ScaleGroups, ScaleMean!);
}
