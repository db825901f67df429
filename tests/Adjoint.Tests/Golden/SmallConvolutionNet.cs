using Adjoint.Nn;

namespace Adjoint.Tests.Golden;

/// <summary>The model of train_cnn.safetensors: two convolutions with batch norm, a skip connection around the second, the mean of the image, a linear head.</summary>
sealed class SmallConvolutionNet(Generator random) : Layer
{
    public Conv2d Conv1 { get; } = new(3, 8, 3, random, padding: 1, bias: false, dtype: DType.F64);

    public BatchNorm Bn1 { get; } = new(8, dtype: DType.F64);

    public Conv2d Conv2 { get; } = new(8, 8, 3, random, padding: 1, bias: false, dtype: DType.F64);

    public BatchNorm Bn2 { get; } = new(8, dtype: DType.F64);

    public Linear Fc { get; } = new(8, 5, random, dtype: DType.F64);

    protected override Tensor Forward(Tensor x)
    {
        Tensor first = Bn1.Call(Conv1.Call(x)).Relu();
        Tensor second = (Bn2.Call(Conv2.Call(first)) + first).Relu();
        return Fc.Call(second.MaxPool2d(2).Mean([2, 3]));
    }
}
