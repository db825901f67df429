namespace Adjoint;

/// <summary>Whether operations of this thread are recorded.</summary>
internal static class GradMode
{
    [ThreadStatic]
    static bool Off;

    public static bool IsRecording
    {
        get => !Off;
        set => Off = !value;
    }
}

/// <summary>Switches recording off on this thread until disposed: no graph is built and nothing is saved.</summary>
/// <example><code>using (NoGrad.Scope()) { Tensor y = model.Call(x); }</code></example>
public readonly struct NoGrad : IDisposable
{
    readonly bool _before;

    NoGrad(bool record)
    {
        _before = GradMode.IsRecording;
        GradMode.IsRecording = record;
    }

    /// <summary>No operation is recorded until the result is disposed.</summary>
    public static NoGrad Scope() => new(record: false);

    /// <summary>Recording is on again inside an outer <see cref="Scope"/>, until the result is disposed.</summary>
    public static NoGrad Suspend() => new(record: true);

    /// <summary>Restores what was before.</summary>
    public void Dispose() => GradMode.IsRecording = _before;
}
