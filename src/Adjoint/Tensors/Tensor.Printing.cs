using Adjoint.Kernels;

namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary>The values in nested brackets, then name, shape, element type and place in the graph. Long tensors are shortened to the first and last three of each axis.</summary>
    public override string ToString()
    {
        string facts = $"shape {Shape}, {DType}";
        if (Name is not null) facts = $"'{Name}', {facts}";
        if (IsReleased) return $"{facts}, released{(Owner is null ? "" : $" when scope '{Owner.Name}' ended")}";
        if (Producer is { } producer) facts += $", made by {producer.Op.Name}";
        else if (RequiresGrad) facts += ", requires grad";
        if (IsShapeOnly) return $"{facts}, shape only";
        string text = new TensorText(this).ToString();
        GC.KeepAlive(this);
        return $"{text}\n{facts}";
    }

    /// <summary>One element as it would be written in C#, integers exactly; finite numbers as a double for the choice of a format.</summary>
    internal unsafe (double Number, long Integer) ElementAt(long offset)
    {
        byte* at = (byte*)Data + (offset * DType.Bytes);
        switch (DType)
        {
            case DType.F64: return (*(double*)at, 0);
            case DType.F32: return (*(float*)at, 0);
            case DType.BF16: return ((float)*(BFloat16*)at, 0);
            case DType.F16: return ((double)*(Half*)at, 0);
            case DType.I64: return (*(long*)at, *(long*)at);
            case DType.I32: return (*(int*)at, *(int*)at);
            default: return (*at, *at);
        }
    }
}
