using Adjoint.Profiling;
using Xunit;

namespace Adjoint.Tests.Profiling;

/// <summary>The memory of a recorded period, which nobody else's measurement disturbs.</summary>
[Collection(Alone.Name)]
public class ProfileMemoryTests
{
    const long MiB = 1 << 20;

    [Fact]
    public void Peak_and_what_remains_are_of_the_period()
    {
        // What other tests have forgotten must not come back in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Tensor before = Tensor.Ones([8 * MiB]), kept = null!;
        before.Release();
        TensorMemory.ResetPeak();
        long live = TensorMemory.LiveBytes, peak = TensorMemory.PeakBytes;
        ProfileReport report = Small.Recorded(() =>
        {
            using (Scope.Begin("temporary")) Tensor.Ones([MiB]).Exp();     // 4 MiB twice
            TensorMemory.ResetPeak();       // somebody else's measurement
            kept = Tensor.Ones([MiB / 4]);
        });
        ProfileMemory memory = report.Memory;
        Assert.Equal((live, live + MiB, live + (8 * MiB)), (memory.LiveBytesBefore, memory.LiveBytesAfter, memory.PeakBytes));
        Assert.InRange(memory.ManagedBytes, 1, MiB);
        Assert.True(TensorMemory.PeakBytes < peak + (8 * MiB));
        kept.Release();
    }
}
