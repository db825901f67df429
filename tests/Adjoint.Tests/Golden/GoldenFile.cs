using Adjoint.Formats;
using Adjoint.Tests.Repository;

namespace Adjoint.Tests.Golden;

/// <summary>The files of this folder; README.md tells where they come from.</summary>
static class GoldenFile
{
    /// <summary>Opens a file beside this one.</summary>
    public static SafetensorsFile Open(string name) => Safetensors.Read(Command.Find($"tests/Adjoint.Tests/Golden/{name}"));
}
