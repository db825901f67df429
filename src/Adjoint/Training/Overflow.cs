using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>Finds where numbers leave the range of F16 when step after step is left out.</summary>
internal static class Overflow
{
    /// <summary>Does a step's passes once more under a guard, warns with the operation that overflowed first, and leaves no trace of it.</summary>
    public static void Explain(LossScaler scaler, Module model, Optimizer optimizer, Func<Tensor> loss)
    {
        (Generator Generator, (ulong, ulong, ulong) State)[] streams = [.. model.NamedGenerators().Select(g => (g.Generator, g.Generator.State))];
        using Scope scope = Scope.Begin("overflow");
        (Tensor Buffer, Tensor Copy)[] buffers;
        using (NoGrad.Scope()) buffers = [.. model.NamedBuffers().Select(b => (b.Tensor, b.Tensor.Copy()))];
        try
        {
            using var guard = new NanGuard();
            scaler.Backward(loss());
        }
        catch (NonFiniteException e)
        {
            Warnings.Raise($"loss scaler: {scaler.SkippedInARow} steps in a row were left out because gradients overflowed, now at a scale of {scaler.Scale}. The first number that is not finite: {e.Message}");
        }
        finally
        {
            optimizer.ZeroGrad();
            foreach ((Generator generator, (ulong, ulong, ulong) state) in streams) generator.State = state;
            using NoGrad off = NoGrad.Scope();
            foreach ((Tensor buffer, Tensor copy) in buffers) buffer.CopyFrom(copy);
        }
    }
}
