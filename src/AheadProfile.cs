#:package Mono.Cecil
#:property PublishAot=false
// Says what the image that a package brings for a fast start holds of its assembly: a profile (.mibc) for `crossgen2 --partial`.
//     dotnet run --file AheadProfile.cs -- PROFILE COMPILER ASSEMBLY REFERENCE... -- OPTION...
// The compiler itself lists what it could compile; left to the just-in-time compiler is what training does not need to start:
// what operations say for tests and documents, the text and the copies of records, double precision in loops over vectors.
using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

int end = Array.IndexOf(args, "--");
if (end < 3)
{
    Console.Error.WriteLine($"AheadProfile: arguments must be PROFILE COMPILER ASSEMBLY REFERENCE... -- OPTION..., but they are '{string.Join(' ', args)}'.");
    return 2;
}

string profile = args[0], compiler = args[1], assembly = Path.GetFullPath(args[2]);
string[] references = args[3..end], options = args[(end + 1)..];

AppDomain.CurrentDomain.AssemblyResolve += (_, missing) =>
    Array.Find(references, file => Path.GetFileNameWithoutExtension(file) == new AssemblyName(missing.Name).Name) is { } found ? Assembly.LoadFrom(found) : null;
Assembly.LoadFrom(assembly);

MethodBase[] kept = [.. Listed().Where(line => !CanWait(line)).Select(Method)];
if (kept.Length == 0) throw new InvalidOperationException($"{compiler}: listed no method of {assembly}, so there is no profile to write.");
Write(kept);
Console.WriteLine($"{Path.GetFileName(assembly)}: {kept.Length} methods are compiled ahead");
return 0;

// Every method that the compiler can compile, one line each, as its arguments for compiling that method alone.
Match[] Listed()
{
    string image = Path.ChangeExtension(profile, ".all.dll");
    string framework = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll");
    string[] arguments = [assembly, "--out", image, .. options, .. new[] { framework }.Concat(references).SelectMany(file => new[] { "--reference", file }),
        "--targetos", "linux", "--targetarch", "x64", "--print-repro-instructions"];
    using Process process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardOutput = true })!;
    var form = new Regex("--singlemethodtypename \"(?<type>[^\"]*)\" --singlemethodname \"(?<name>[^\"]*)\" --singlemethodindex (?<index>[0-9]+)(?: --singlemethodgenericarg \"(?<argument>[^\"]*)\")*");
    Match[] listed = form.Matches(process.StandardOutput.ReadToEnd()).ToArray();
    process.WaitForExit();
    File.Delete(image);
    return process.ExitCode == 0 ? listed : throw new InvalidOperationException($"{compiler}: ended with {process.ExitCode}.");
}

static bool CanWait(Match method)
{
    string type = method.Groups["type"].Value, name = method.Groups["name"].Value;
    // Code that is shared by all references: a profile cannot name it. Of kernels, which the compiler lists because their type parameters are free, it is never run.
    if (method.Value.Contains("System.__Canon", StringComparison.Ordinal)) return true;
    if (Regex.IsMatch(name, "Samples|Misuses|Reference") || Regex.IsMatch(type, "Sample|Misuse|<Reference>")) return true;
    if (name is "ToString" or "PrintMembers" or "Deconstruct" or "<Clone>$" or "op_Equality" or "op_Inequality") return IsRecord(Type.GetType(type)!);
    return method.Value.Contains("System.Double", StringComparison.Ordinal) && Regex.IsMatch(method.Value, "Lanes|Kernels.(Reduction|Gemm|Normalization|Convolution|Recurrent|Attention)");
}

static bool IsRecord(Type type) => type.IsClass && type.GetMethod("<Clone>$", Members) is not null;

static MethodBase Method(Match listed)
{
    // The index counts, from 1, the methods of this name in the order of the metadata.
    MethodBase found = Type.GetType(listed.Groups["type"].Value)!.GetMembers(Members).OfType<MethodBase>()
        .Where(method => method.Name == listed.Groups["name"].Value).OrderBy(method => method.MetadataToken)
        .ElementAt(int.Parse(listed.Groups["index"].Value) - 1);
    Type[] arguments = [.. listed.Groups["argument"].Captures.Select(argument => Type.GetType(argument.Value)!)];
    return arguments.Length == 0 ? found : ((MethodInfo)found).MakeGenericMethod(arguments);
}

// A profile is an assembly: AssemblyDictionary names groups of methods and whose they are, a group loads the token of each of its methods.
void Write(MethodBase[] methods)
{
    AssemblyDefinition written = AssemblyDefinition.CreateAssembly(new AssemblyNameDefinition("profile", new Version(1, 0)), "profile", ModuleKind.Dll);
    ILProcessor dictionary = Body("AssemblyDictionary");
    foreach (MethodBase[] some in methods.Chunk(4000))
    {
        ILProcessor group = Body($"Group{written.MainModule.Types[0].Methods.Count}");
        foreach (MethodBase method in some) Token(group, written.MainModule.ImportReference(method));
        group.Emit(OpCodes.Ret);
        dictionary.Emit(OpCodes.Ldstr, Path.GetFileNameWithoutExtension(assembly) + ";");
        Token(dictionary, group.Body.Method);
    }

    dictionary.Emit(OpCodes.Ret);
    written.Write(profile);

    ILProcessor Body(string name)
    {
        var method = new MethodDefinition(name, Mono.Cecil.MethodAttributes.Public | Mono.Cecil.MethodAttributes.Static, written.MainModule.TypeSystem.Void);
        written.MainModule.Types[0].Methods.Add(method);
        return method.Body.GetILProcessor();
    }

    static void Token(ILProcessor body, MethodReference method)
    {
        body.Emit(OpCodes.Ldtoken, method);
        body.Emit(OpCodes.Pop);
    }
}

partial class Program
{
    const BindingFlags Members = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
}
