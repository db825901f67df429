using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Soak;

/// <summary>A long training holds no more memory at its end than after its first steps.</summary>
[Collection(Alone.Name)]
public class SoakTests(ITestOutputHelper output)
{
    const int Steps = 10_000, WarmUp = 200;

    /// <summary>What a step may allocate on the managed heap: graph nodes, tensors and enumerators of a forward and a backward pass.</summary>
    const double MostManagedBytes = 30_000;

    [Fact]
    public void Ten_thousand_steps_in_scopes_keep_the_live_set_flat_to_the_byte()
    {
        (Mlp model, AdamW optimizer, Tensor x, Tensor y) = Problem();
        for (int step = 0; step < WarmUp; step++) Step(model, optimizer, x, y);
        // What was made outside a scope, here and by other tests, comes back now and not in the middle of the count.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long live = TensorMemory.LiveBytes, managed = GC.GetAllocatedBytesForCurrentThread();
        TensorMemory.ResetPeak();
        Step(model, optimizer, x, y);
        long peak = TensorMemory.PeakBytes;
        double first = 0, last = 0;
        for (int step = 1; step < Steps; step++)
        {
            last = Step(model, optimizer, x, y);
            if (step == 1) first = last;
            if (TensorMemory.LiveBytes != live) Assert.Fail($"step {step} left {TensorMemory.LiveBytes - live} bytes behind");
        }

        double perStep = (double)(GC.GetAllocatedBytesForCurrentThread() - managed) / Steps;
        output.WriteLine($"live {live:N0} bytes, peak {peak:N0} bytes, {perStep:N0} managed bytes a step, loss {first:g3} to {last:g3}");
        Assert.Equal(peak, TensorMemory.PeakBytes);
        Assert.True(perStep <= MostManagedBytes, $"{perStep:N0} managed bytes a step");
        Assert.True(last < first, $"the loss went from {first} to {last}");
    }

    [Fact]
    public void Steps_without_a_scope_stay_bounded()
    {
        (Mlp model, AdamW optimizer, Tensor x, Tensor y) = Problem();
        long before = TensorMemory.LiveBytes;
        TensorMemory.ResetPeak();
        for (int step = 0; step < Steps; step++) Unscoped(model, optimizer, x, y);
        long most = TensorMemory.PeakBytes - before;
        output.WriteLine($"at most {most:N0} bytes waited for the garbage collector");
        Assert.True(most < 256L << 20, $"{most:N0} bytes waited for the garbage collector");
    }

    static (Mlp Model, AdamW Optimizer, Tensor X, Tensor Y) Problem()
    {
        var random = new Generator(5);
        var model = new Mlp([8, 32, 32, 1], random, () => new Tanh());
        Tensor x = random.Normal([32, 8]);
        Tensor y = x.Slice(1, 0, 4).Sum([1], keepDim: true).Sin();
        return (model, new AdamW(model.Parameters(), 1e-3), x, y);
    }

    static double Step(Mlp model, AdamW optimizer, Tensor x, Tensor y)
    {
        using Scope scope = Scope.Begin("step");
        return Unscoped(model, optimizer, x, y);
    }

    static double Unscoped(Mlp model, AdamW optimizer, Tensor x, Tensor y)
    {
        Tensor loss = model.Call(x).MseLoss(y);
        loss.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
        return loss.Item();
    }
}
