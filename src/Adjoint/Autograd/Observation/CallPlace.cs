using System.Collections.Concurrent;
using System.Diagnostics;

namespace Adjoint;

/// <summary>Where code outside this library called an operation: the module around it, and the line.</summary>
/// <param name="Module">The innermost module whose call was running, <c>'Body.2' (Linear)</c>; null outside all modules.</param>
/// <param name="File">The name of the C# file, without folders; null where debug information is missing.</param>
/// <param name="Line">The line, from 1; 0 where debug information is missing.</param>
/// <param name="Method">The method, with its type.</param>
public sealed record CallPlace(string? Module, string? File, int Line, string Method)
{
    // A stack without lines takes microseconds, one with lines a hundred times as long: lines are looked up once for each place in the code.
    static readonly ConcurrentDictionary<(string Type, string Method, int Offset, int NativeOffset), (string? File, int Line)> Lines = new();

    /// <summary><c>in 'Body.2' (Linear), called at Train.cs:42</c>.</summary>
    public override string ToString()
    {
        string call = File is null ? $"called by {Method}" : $"called at {File}:{Line}";
        return Module is null ? call : $"in {Module}, {call}";
    }

    /// <summary>The innermost call that is neither this library's nor the framework's.</summary>
    internal static CallPlace Here()
    {
        var stack = new StackTrace(0, fNeedFileInfo: false);
        for (int i = 0; i < stack.FrameCount; i++)
        {
            if (stack.GetFrame(i) is not { } frame || DiagnosticMethodInfo.Create(frame) is not { } method || IsInside(method.DeclaringAssemblyName)) continue;
            string type = method.DeclaringTypeName ?? "", name = method.Name;
            var key = (type, name, frame.GetILOffset(), frame.GetNativeOffset());
            if (!Lines.TryGetValue(key, out (string? File, int Line) found))
            {
                StackFrame? detailed = new StackTrace(0, fNeedFileInfo: true).GetFrame(i);
                Lines[key] = found = (Path.GetFileName(detailed?.GetFileName()), detailed?.GetFileLineNumber() ?? 0);
            }

            return new(Scope.CurrentModule, found.File, found.Line, type.Length == 0 ? name : $"{type}.{name}");
        }

        return new(Scope.CurrentModule, null, 0, "unknown code");
    }

    static bool IsInside(string? assembly)
    {
        string name = assembly?.Split(',')[0] ?? "";
        return name == "Adjoint" || name.StartsWith("System.", StringComparison.Ordinal);
    }
}
