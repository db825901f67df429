using Adjoint.Nn;
using Adjoint.Profiling;
using Xunit;
using static Adjoint.Tests.Profiling.Small;

namespace Adjoint.Tests.Profiling;

/// <summary>When a profile records: alone on its thread, beside other observers, around exceptions, and until it ends.</summary>
public class RecordingTests
{
    static string[] Names(ProfileReport report) => [.. report.Operations.Select(r => r.Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_second_profile_of_a_thread_is_refused()
    {
        using Profile profile = Profile.Record();
        using (new NanGuard())
            Assert.Equal("profile: a thread has one profile at a time, but one is open on this thread. Hint: dispose it first.", Assert.Throws<InvalidOperationException>(() => Profile.Record()).Message);
        Tensor.Ones([2]).Exp();
        Assert.Equal(["exp"], Names(profile.Report()));
    }

    [Fact]
    public void Nothing_is_recorded_before_and_after()
    {
        Tensor x = Tensor.Ones([2]).Sqrt();
        Profile profile = Profile.Record();
        using (profile)
        {
            x.Exp();
            Assert.Equal(["exp"], Names(profile.Report()));
            x.Sin();
        }

        x.Cos();
        double seconds = profile.Report().Seconds;
        Assert.Equal(["exp", "sin"], Names(profile.Report()));
        Assert.Equal(seconds, profile.Report().Seconds);
        profile.Dispose();
        Assert.Null(OperationObserver.Current);
    }

    [Fact]
    public void Threads_do_not_mix()
    {
        Tensor x = Tensor.Ones([3]);
        using var both = new Barrier(2);
        ProfileReport[] reports = new ProfileReport[2];
        Thread[] threads =
        [
            .. Enumerable.Range(0, 2).Select(i => new Thread(() => reports[i] = Recorded(() =>
            {
                for (int n = 0; n < 50; n++)
                {
                    both.SignalAndWait();
                    Tensor y = i == 0 ? x.Exp() : x.Sin();
                }
            }))),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(("exp", 50), (Assert.Single(reports[0].Operations).Name, reports[0].Operations[0].Calls));
        Assert.Equal(("sin", 50), (Assert.Single(reports[1].Operations).Name, reports[1].Operations[0].Calls));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Other_observers_go_on(bool guardIsInside)
    {
        Tensor x = Tensor.From([1f, -1]);
        NanGuard? outer = guardIsInside ? null : new();
        ProfileReport report = Recorded(() =>
        {
            using NanGuard? inner = guardIsInside ? new() : null;
            x.Exp();
            Assert.Throws<NonFiniteException>(() => x.Log());
            x.Sin();
        });
        outer?.Dispose();
        Assert.Null(OperationObserver.Current);
        Assert.Contains("exp", Names(report));
        Assert.Contains("sin", Names(report));
    }

    sealed class Failing : Layer
    {
        protected override Tensor Forward(Tensor x) => x.Exp().MatMul(Tensor.Ones([7, 7]));
    }

    [Fact]
    public void An_exception_leaves_nothing_behind()
    {
        Sequential model = [new Lambda(x => x.Sin()), new Failing()];
        Tensor x = Tensor.Ones([2, 3]);
        Profile profile = Profile.Record();
        Assert.Throws<ShapeException>(() =>
        {
            using (profile) model.Call(x);
        });
        Assert.Null(OperationObserver.Current);
        Assert.Equal(["exp", "sin"], Names(profile.Report()));

        // And inside a recording that goes on: the module that failed has been called, its operation has not run.
        ProfileReport report = Recorded(() =>
        {
            Assert.Throws<ShapeException>(() => model.Call(x));
            x.Cos();
        });
        Assert.Equal(["cos", "exp", "sin"], Names(report));
        Assert.Equal("outside of modules", report.Modules.Single(r => r.Flops > 0 && r.Name[0] == 'o').Name);
        Assert.Equal(1, Row(report.Modules, "1 (Failing)", ProfilePhase.Forward).Calls);
        Assert.Equal(report.OperationSeconds, report.Modules.Sum(r => r.SelfSeconds), 9);
    }

    [Fact]
    public void A_failed_backward_pass_and_a_failed_step_end_with_their_exception()
    {
        Tensor w = Tensor.Ones([2]).AsParameter("w");
        var optimizer = new Adjoint.Optim.Sgd((Tensor[])[w], 1e30);
        ProfileReport report = Recorded(() =>
        {
            Tensor y = w.Exp();
            using IDisposable hook = y.RegisterHook(g => throw new InvalidOperationException("hook"));
            Assert.Throws<InvalidOperationException>(() => y.Sum().Backward());
            w.SetGrad(Tensor.Full([2], float.NaN));
            using (new NanGuard()) Assert.Throws<NonFiniteException>(optimizer.Step);
            w.Detach().Cos();
        });
        ProfileRow after = Row(report.Operations, "cos", ProfilePhase.Forward);
        Assert.Equal(1, after.Calls);
        Assert.DoesNotContain(report.Operations, r => r.Phase == ProfilePhase.Update);
    }

    [Fact]
    public void A_profile_may_begin_and_end_inside_a_modules_call()
    {
        Profile? profile = null;
        Sequential model = [new Lambda(x => x.Sin()), new Lambda(x =>
        {
            profile = Profile.Record();
            return x.Exp();
        }), new Lambda(x => x.Cos())];
        model.Call(Tensor.Ones([2]));
        profile!.Dispose();
        Assert.Equal(["cos", "exp"], Names(profile.Report()));
        Assert.Equal(["2 (Lambda)", "outside of modules"], profile.Report().Modules.Select(r => r.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_a_trace_there_is_none_to_write()
    {
        using Profile profile = Profile.Record(trace: false);
        Assert.Equal(
            "profile: a trace must be recorded to be written, but the profile was made without one. Hint: Profile.Record(trace: true).",
            Assert.Throws<InvalidOperationException>(() => profile.Report().WriteChromeTrace(Stream.Null)).Message);
    }
}
