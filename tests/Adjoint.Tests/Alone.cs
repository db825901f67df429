using Xunit;

namespace Adjoint.Tests;

/// <summary>Tests that read or change something the whole process shares (memory counts, the number of threads) run while nothing else does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
