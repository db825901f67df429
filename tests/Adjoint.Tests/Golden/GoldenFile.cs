using Adjoint.Formats;

namespace Adjoint.Tests.Golden;

/// <summary>The files of this folder; README.md tells where they come from.</summary>
static class GoldenFile
{
    /// <summary>Opens a file beside this one.</summary>
    public static SafetensorsFile Open(string name)
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, "tests", "Adjoint.Tests", "Golden", name);
            if (File.Exists(path)) return Safetensors.Read(path);
        }

        throw new FileNotFoundException($"Golden/{name} is not above the tests");
    }
}
