"""What other programs would do, as pure functions over trees and values."""
