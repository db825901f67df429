namespace Adjoint;

/// <summary>What an operation computes and what its gradients are, in a line each, for people; of elementwise operations both are derived from their formula.</summary>
/// <remarks>In the letters of the operation's documentation; <c>dx</c> is ∂L/∂x. Settings are not looked at.</remarks>
/// <example><code>[GradientRule("y = x·Wᵀ + b", "dx = dy·W", "dW = dyᵀ·x", "db = Σ dy over the rows")]</code></example>
/// <param name="value">The result.</param>
/// <param name="gradients">The gradients of inputs that take one.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class GradientRuleAttribute(string value, params string[] gradients) : Attribute
{
    /// <summary>The result.</summary>
    public string Value => value;

    /// <summary>The gradients of inputs that take one.</summary>
    public IReadOnlyList<string> Gradients => gradients;
}
