using System.Diagnostics;
using System.Text.Json;

namespace Adjoint.Profiling;

/// <summary>Spans in the trace format of Chrome, which Perfetto reads too: complete events, and a counter of tensor memory.</summary>
/// <remarks>Source: Trace Event Format (Google), "Complete Events" and "Counter Events". Times are in microseconds from the beginning.</remarks>
internal sealed class ChromeTrace(List<ProfileSpan> spans, long begin, int thread)
{
    const int Process = 1;
    const double NanosecondsPerSecond = 1e9;

    // A recording that goes on adds to the list: the report is of what there was.
    readonly ProfileSpan[] _spans = [.. spans.Where(s => s.End > 0)];

    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        Name(json, "process_name", "adjoint");
        Name(json, "thread_name", $"thread {thread}");
        foreach (ProfileSpan span in _spans)
        {
            Span(json, span);
            if (span is { Kind: SpanKind.Operation, IsCut: false }) Memory(json, span);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    void Name(Utf8JsonWriter json, string what, string name)
    {
        Begin(json, what, "M", null);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void Span(Utf8JsonWriter json, ProfileSpan span)
    {
        Begin(json, Title(span), "X", span.Begin);
        json.WriteString("cat", Names.Snake($"{span.Phase}"));
        // Of the rounded ends, so that what lies in each other by the clock does so in the file.
        json.WriteNumber("dur", (Nanoseconds(span.End) - Nanoseconds(span.Begin)) / 1000m);
        json.WriteStartObject("args");
        if (span.Module?.Path is not null) json.WriteString("module", span.Module.Name);
        if (span.Within is not null) json.WriteString(span.Phase == ProfilePhase.Update ? "step_of" : "gradient_of", span.Within);
        if (span.Inputs.Length > 0) Specs(json, "inputs", span.Inputs);
        if (span.Outputs.Length > 0) Specs(json, "outputs", span.Outputs);
        if (span.Kind is SpanKind.Operation or SpanKind.Update)
        {
            json.WriteNumber("flops", span.Flops);
            json.WriteNumber("bytes", span.Bytes);
        }

        if (span.IsCut) json.WriteBoolean("unfinished", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void Memory(Utf8JsonWriter json, ProfileSpan span)
    {
        Begin(json, "tensor memory", "C", span.End);
        json.WriteStartObject("args");
        json.WriteNumber("bytes", span.LiveBytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void Begin(Utf8JsonWriter json, string name, string kind, long? clock)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("ph", kind);
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", thread);
        if (clock is { } at) json.WriteNumber("ts", Nanoseconds(at) / 1000m);
    }

    static string Title(ProfileSpan span) => span.Kind switch
    {
        SpanKind.Gradient => $"gradient of {span.Name}",
        SpanKind.Update => $"{span.Name} step",
        _ => span.Name,
    };

    static void Specs(Utf8JsonWriter json, string name, Spec[] specs)
    {
        json.WriteStartArray(name);
        foreach (Spec spec in specs) json.WriteStringValue($"{spec.DType} {spec.Shape}");
        json.WriteEndArray();
    }

    long Nanoseconds(long clock) => (long)((clock - begin) * (NanosecondsPerSecond / Stopwatch.Frequency));
}
