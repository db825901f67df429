using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Profiling;

namespace Adjoint.Tests.Profiling;

/// <summary>A small training that the tests of the profile share.</summary>
internal sealed class Small
{
    readonly Tensor _x = new Generator(2).Normal([5, 3]), _y = new Generator(3).Normal([5, 2]);

    public Small()
    {
        Model = [new Sequential(new Linear(3, 4, new Generator(1)), new Tanh()), new Linear(4, 2, new Generator(2))];
        Optimizer = new Sgd(Model.Parameters(), 0.1);
    }

    public Sequential Model { get; }

    public Optimizer Optimizer { get; }

    public double Step()
    {
        using Scope scope = Scope.Begin("step");
        Tensor loss = Model.Call(_x).MseLoss(_y);
        loss.Backward();
        Optimizer.Step();
        Optimizer.ZeroGrad();
        return loss.Item();
    }

    /// <summary>What was recorded of an action.</summary>
    public static ProfileReport Recorded(Action run)
    {
        Profile profile = Profile.Record(new Roof(100, 10));
        using (profile) run();
        return profile.Report();
    }

    public static ProfileRow Row(IReadOnlyList<ProfileRow> rows, string name, ProfilePhase phase) => rows.Single(r => r.Name == name && r.Phase == phase);
}
