using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

[Collection(Alone.Name)]
public class OptimizerAllocationTests
{
    [Fact]
    public void A_step_in_the_steady_state_allocates_nothing()
    {
        Tensor[] parameters = [Tensor.Ones([1000]).AsParameter("a"), Tensor.Ones([30, 40]).AsParameter("b")];
        foreach (Tensor p in parameters) p.SetGrad(Tensor.Ones(p.Shape));
        var optimizer = new AdamW(parameters);
        for (int i = 0; i < 3; i++) optimizer.Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) optimizer.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
